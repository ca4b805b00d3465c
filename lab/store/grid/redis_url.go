package grid

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/gomodule/redigo/redis"

	"github.com/wasplug/wasplug/parser/diag"
)

// redisURL is where a Redis is: redis://USER:PASSWORD@HOST:PORT/DB, rediss:// over TLS, or unix:///SOCKET?db=DB. No
// other parameter is known: one that is ignored would be a setting that does not hold.
type redisURL struct {
	network, address string
	host             string // of the certificate, "" without TLS
	user, password   string
	db               int
}

// parseRedis reads a URL. The number of the database is the path, or db= in the query: of a socket the path is the
// file.
func parseRedis(text string) (at redisURL, err error) {
	u, err := url.Parse(text)
	if err != nil {
		return at, errors.Unwrap(err) // without the text, which may hold a password
	}
	at.user = u.User.Username()
	at.password, _ = u.User.Password()
	options := u.Query()
	db := strings.Trim(u.Path, "/")
	switch u.Scheme {
	case "redis", "rediss":
		host := cmp.Or(u.Hostname(), "localhost")
		at.network, at.address = "tcp", net.JoinHostPort(host, cmp.Or(u.Port(), "6379"))
		if u.Scheme == "rediss" {
			at.host = host
		}
	case "unix":
		if db = ""; u.Path == "" {
			return at, errors.New("unix: names no socket")
		}
		at.network, at.address = "unix", u.Path
	default:
		return at, diag.Errorf("scheme %q: want redis, rediss or unix", u.Scheme)
	}
	db = cmp.Or(options.Get("db"), db, "0")
	if at.db, err = strconv.Atoi(db); err != nil || at.db < 0 {
		return at, diag.Errorf("%q is no number of a database", db)
	}
	for name := range options {
		if name != "db" {
			return at, diag.Errorf("option %q is not known, only db", name)
		}
	}
	return at, nil
}

// dial opens a connection, with a limit for each of its steps: a server that hangs must count as down, not keep a
// request.
func (at redisURL) dial(ctx context.Context) (redis.Conn, error) {
	options := []redis.DialOption{redis.DialConnectTimeout(firstWait), redis.DialTLSHandshakeTimeout(firstWait),
		redis.DialReadTimeout(redisWait), redis.DialWriteTimeout(redisWait), redis.DialClientName("wasplug-lab"),
		redis.DialUsername(at.user), redis.DialPassword(at.password), redis.DialDatabase(at.db)}
	if at.host != "" {
		options = append(options, redis.DialUseTLS(true),
			redis.DialTLSConfig(&tls.Config{ServerName: at.host, MinVersion: tls.VersionTLS12}))
	}
	return redis.DialContext(ctx, at.network, at.address, options...)
}

// RemoteRedis says whether a URL leads to another machine, which the lab goes to only when it is told to.
func RemoteRedis(text string) (bool, error) {
	at, err := parseRedis(text)
	if err != nil {
		return false, err
	}
	host, _, err := net.SplitHostPort(at.address)
	if at.network == "unix" || err == nil && host == "localhost" {
		return false, nil
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback(), err
}

// nameOfRedis is where one is, without a password.
func nameOfRedis(text string) string {
	at, err := parseRedis(text)
	if err != nil {
		return "Redis"
	}
	return fmt.Sprintf("redis://%s/%d", at.address, at.db)
}
