//go:build !((darwin || freebsd || linux || windows) && (386 || amd64 || arm64 || ppc64le || s390x))

package database

import (
	"fmt"
	"runtime"
)

// SQLite's port to Go does not exist for every platform that wasplug is built for.
func sqlite(string, bool) (*engine, error) {
	return nil, fmt.Errorf("this wasplug is built without SQLite, which does not exist for %s/%s: give the URL of a "+
		"PostgreSQL database", runtime.GOOS, runtime.GOARCH)
}
