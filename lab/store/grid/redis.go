package grid

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/wasplug/wasplug/lab/session"
)

// redisGrid is one Redis server. An ID is a hash with a field for each application that has a session of it: so one
// EXISTS tells whether any has (S15).
type redisGrid struct {
	at     redisURL
	pool   atomic.Pointer[redis.Pool]
	prefix string
}

const (
	attempts  = 3 // how often a Redis is asked that cannot be reached, as a database is (ConnectionRetryCount 2)
	redisWait = 3 * time.Second
	redisMost = 64 // connections of a member; more requests wait for one
)

func openRedis(c *Config) (engine, error) {
	at, err := parseRedis(c.Redis)
	if err != nil {
		return nil, fmt.Errorf("the URL of the Redis: %w", err)
	}
	g := &redisGrid{at: at, prefix: c.Prefix}
	g.pool.Store(g.newPool())
	return g, nil
}

func (g *redisGrid) newPool() *redis.Pool {
	return &redis.Pool{MaxIdle: redisMost, MaxActive: redisMost, Wait: true, DialContext: g.at.dial}
}

// do asks. Where one connection is lost the others that wait are as well, so that the next ask makes a new one. An
// end of ctx says nothing of the connections, and lets them be.
func (g *redisGrid) do(ctx context.Context, command string, args ...any) (any, error) {
	pool := g.pool.Load()
	conn, err := pool.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	reply, err := redis.DoContext(conn, ctx, command, args...)
	if conn.Err() != nil && ctx.Err() == nil {
		if fresh := g.newPool(); g.pool.CompareAndSwap(pool, fresh) {
			pool.Close()
		}
	}
	return reply, err
}

// The two changes, each in one step: a script runs alone, where HGET and HSET would let another member in between.
// The first argument is the field, the second the value that must be there, "" for none. What a lab leaves that could
// not clear away is gone after a week.
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
	value, err := redis.Bytes(g.do(ctx, "HGET", g.key(k.ID), k.App))
	if errors.Is(err, redis.ErrNil) {
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
	done, err := redis.Int(g.do(ctx, "EVAL", script, 1, g.key(k.ID), k.App, before, value))
	if err == nil && done == 0 {
		return errOther
	}
	return err
}

func (g *redisGrid) exists(ctx context.Context, id string) (bool, error) {
	n, err := redis.Int(g.do(ctx, "EXISTS", g.key(id)))
	return n > 0, err
}

// each goes through all hashes of the run, for an application is only a field of some. SCAN may give a key twice, and
// then so does each.
func (g *redisGrid) each(ctx context.Context, app string, give func(session.Key, *kept) error) error {
	return g.keys(ctx, func(key string) error {
		fields, err := redis.StringMap(g.do(ctx, "HGETALL", key))
		if err != nil {
			return err
		}
		for name, value := range fields {
			if app != "" && name != app {
				continue
			}
			k := session.Key{App: name, ID: strings.TrimPrefix(key, g.prefix)}
			if err := give(k, &kept{value: []byte(value)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// keys gives those of the run, while nobody stops it with an error.
func (g *redisGrid) keys(ctx context.Context, give func(key string) error) error {
	for cursor := "0"; ; {
		reply, err := redis.Values(g.do(ctx, "SCAN", cursor, "MATCH", g.pattern(), "COUNT", 1000))
		var keys []string
		if err == nil {
			_, err = redis.Scan(reply, &cursor, &keys)
		}
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := give(key); err != nil {
				return err
			}
		}
		if cursor == "0" {
			return nil
		}
	}
}

// pattern is that of all keys of the run: what SCAN takes for a sign of its own is none here.
func (g *redisGrid) pattern() string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(g.prefix) + "*"
}

// hopeful counts: there is nobody else to ask, and a Redis that died has lost what it had, so waiting is of no use.
func (g *redisGrid) hopeful(_ context.Context, n int) bool { return n < attempts }

func (g *redisGrid) close() error { return g.pool.Load().Close() }

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
	return g.keys(ctx, func(key string) error {
		_, err := g.do(ctx, "UNLINK", key)
		return err
	})
}
