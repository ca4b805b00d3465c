package lab

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"runtime"

	"github.com/wasplug/wasplug/lab/system"
)

// redisProgram is a redis-server of the machine. What it keeps is in its memory alone, as Redis is used for sessions:
// one that dies has lost all of them.
type redisProgram struct {
	path, address, password, folder string
}

// newRedisProgram finds the program, before anything is started. A Redis ends with its parent only where the system
// sees to it.
func newRedisProgram(address, password, folder string) (*redisProgram, error) {
	if !system.EndsWithParent {
		return nil, fmt.Errorf(
			"the lab starts no Redis on %s, where one could outlive it: start it yourself, and give "+
				"its URL with --redis", runtime.GOOS)
	}
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errors.New(
			"there is no redis-server on the path: install it, as with apt-get install redis-server, or " +
				"give the URL of one that runs with --redis")
	}
	return &redisProgram{path, address, password, folder}, nil
}

// settings are its configuration, which others cannot read off the process: they come on standard input, where a
// command line would show the password to all. Neither save nor appendonly: nothing is written to the disk.
func (p *redisProgram) settings() []byte {
	host, port, _ := net.SplitHostPort(p.address)
	return fmt.Appendf(nil, "bind %s\nport %s\nrequirepass %s\nsave \"\"\nappendonly no\n", host, port, p.password)
}

// isReady reports the line by which it says that it serves.
func (p *redisProgram) isReady(line []byte) bool {
	return bytes.Contains(line, []byte("Ready to accept connections"))
}
