#!/bin/sh
# dpkg says "remove", rpm 0; at an upgrade they say something else, and the service stays as it is.
case ${1-} in
remove | 0) [ ! -d /run/systemd/system ] || systemctl disable --now wasplug.service ;;
esac
