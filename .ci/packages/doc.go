// Package packages pins the programs that .ci/release makes packages with. It is a module of its own, so that they are
// no requirements of wasplug.
package packages
