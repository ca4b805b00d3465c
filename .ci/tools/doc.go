// Package tools pins the programs that .ci/run checks wasplug with. It is a module of its own, so that they are no
// requirements of wasplug.
package tools
