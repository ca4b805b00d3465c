package lint

import (
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

func edge() {
	var limit time.Duration // of no harm
	_ = time.Now()
	limit = time.Since(time.Time{})
	net.Dial("tcp", "127.0.0.1:1")
	net.Listen("tcp", "127.0.0.1:0")
	http.Get("http://127.0.0.1:1")
	_ = rand.N(limit)
	_ = rand.New(rand.NewPCG(1, 2)) // a seed makes it the same again
}
