package grid

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/wasplug/wasplug/lab/session"
)

// redisGrid is one Redis server. An ID is a hash with a field for each application that has a session of it.
type redisGrid struct {
	client *redis.Client
	prefix string
}

// attempts is how often a Redis is asked that cannot be reached, as a database is (ConnectionRetryCount 2).
const attempts = 3

func openRedis(c *Config) (engine, error) {
	opt, err := redis.ParseURL(c.Redis)
	if err != nil {
		return nil, fmt.Errorf("the URL of the Redis: %w", err)
	}
	opt.ClientName, opt.MaxRetries, opt.DialerRetries = "wasplug-lab", -1, 1
	opt.DialTimeout, opt.ContextTimeoutEnabled, opt.DisableIdentity = firstWait, true, true
	return &redisGrid{redis.NewClient(opt), c.Prefix}, nil
}

// RemoteRedis says whether a URL leads to another machine, which the lab goes to only when it is told to.
func RemoteRedis(url string) (bool, error) {
	opt, err := redis.ParseURL(url)
	if err != nil {
		return false, err
	}
	host, _, err := net.SplitHostPort(opt.Addr)
	if opt.Network == "unix" || err == nil && host == "localhost" {
		return false, nil
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback(), err
}

// nameOfRedis is where one is, without a password.
func nameOfRedis(url string) string {
	opt, err := redis.ParseURL(url)
	if err != nil {
		return "Redis"
	}
	return fmt.Sprintf("redis://%s/%d", opt.Addr, opt.DB)
}

// The two changes, each in one step. The first argument is the field, the second the value that must be there, "" for
// none. What a lab leaves that could not clear away is gone after a week.
const (
	replace = `if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], 604800)
return 1`
	erase = `if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
return 1`
)

func (g *redisGrid) key(id string) string { return g.prefix + id }

func (g *redisGrid) get(ctx context.Context, k session.Key) (*kept, error) {
	value, err := g.client.HGet(ctx, g.key(k.ID), k.App).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, errNone
	}
	return &kept{value: value}, err
}

func (g *redisGrid) put(ctx context.Context, k session.Key, old *kept, value []byte) error {
	return g.swap(ctx, replace, k, old, value)
}

func (g *redisGrid) remove(ctx context.Context, k session.Key, old *kept) error {
	return g.swap(ctx, erase, k, old, nil)
}

func (g *redisGrid) swap(ctx context.Context, script string, k session.Key, old *kept, value []byte) error {
	before := []byte{}
	if old != nil {
		before = old.value
	}
	done, err := g.client.Eval(ctx, script, []string{g.key(k.ID)}, k.App, before, value).Int()
	if err == nil && done == 0 {
		return errOther
	}
	return err
}

func (g *redisGrid) exists(ctx context.Context, id string) (bool, error) {
	n, err := g.client.Exists(ctx, g.key(id)).Result()
	return n > 0, err
}

func (g *redisGrid) each(ctx context.Context, app string, give func(session.Key, *kept) error) error {
	for keys := g.client.Scan(ctx, 0, g.pattern(), 1000).Iterator(); ; {
		if !keys.Next(ctx) {
			return keys.Err()
		}
		fields, err := g.client.HGetAll(ctx, keys.Val()).Result()
		if err != nil {
			return err
		}
		for name, value := range fields {
			if app != "" && name != app {
				continue
			}
			k := session.Key{App: name, ID: strings.TrimPrefix(keys.Val(), g.prefix)}
			if err := give(k, &kept{value: []byte(value)}); err != nil {
				return err
			}
		}
	}
}

// pattern is that of all keys of the run: what SCAN takes for a sign of its own is none here.
func (g *redisGrid) pattern() string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(g.prefix) + "*"
}

func (g *redisGrid) hopeful(_ context.Context, n int) bool { return n < attempts }

func (g *redisGrid) close() error { return g.client.Close() }

// Ping says whether the Redis of a configuration can be reached.
func Ping(ctx context.Context, c Config) error {
	e, err := openRedis(&c)
	if err != nil {
		return err
	}
	_, err = e.exists(ctx, turn)
	return errors.Join(err, e.close())
}

// Drop deletes all that a run has put into its Redis.
func Drop(ctx context.Context, c Config) error {
	e, err := openRedis(&c)
	if err != nil {
		return err
	}
	return errors.Join(e.(*redisGrid).drop(ctx), e.close())
}

func (g *redisGrid) drop(ctx context.Context) error {
	keys := g.client.Scan(ctx, 0, g.pattern(), 1000).Iterator()
	for keys.Next(ctx) {
		if err := g.client.Unlink(ctx, keys.Val()).Err(); err != nil {
			return err
		}
	}
	return keys.Err()
}
