package try

import (
	"context"
	"crypto/rand"
	"hash/maphash"
	chance "math/rand/v2"
	"net"
	"net/http"
	"time"
)

func ages(since time.Time) time.Duration {
	time.Sleep(time.Second)  // want clock
	return time.Since(since) // want clock
}

// A clock that is passed on is read, too.
var clock = time.Now // want clock

// Who is given a time reads no clock.
func older(a, b time.Time) bool { return a.Before(b) }

func limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second) // want clock
}

func opens(d net.Dialer) {
	net.Listen("tcp", ":0")                  // want socket
	d.DialContext(nil, "tcp", "localhost:1") // want socket
	http.Get("http://localhost/")            // want socket
	new(http.Server).Serve(nil)              // want socket
}

// Who is given a connection opens none, and addresses are no sockets.
func talks(c net.Conn) string { return net.JoinHostPort(c.RemoteAddr().String(), "80") }

func draws() (uint64, maphash.Seed) {
	rand.Text()                  // want chance
	chance.Uint64()              // want chance
	return 0, maphash.MakeSeed() // want chance
}

// Who is given a seed leaves nothing to chance.
func drawsFrom(seed uint64) int { return chance.New(chance.NewPCG(seed, 1)).IntN(6) }
