#!/bin/sh
# Before plugin-cfg.xml is put in force: in a pipeline, or by hand. Exit code 0: nothing speaks against it.
set -eu
cd "$(dirname "$0")"
{{- if .}}
wasplug lint {{.}}
wasplug generate --check {{.}} topology.yaml
{{- else}}
wasplug lint topology.yaml
wasplug generate -o plugin-cfg.xml --force topology.yaml
{{- end}}
wasplug test routes.yaml
