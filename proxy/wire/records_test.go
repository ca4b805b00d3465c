package wire

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// piecewise gives what it reads in pieces of any size.
type piecewise struct {
	net.Conn
	left []byte
	rnd  *rand.Rand
}

func (p *piecewise) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left[:min(len(p.left), 1+p.rnd.IntN(40))])
	p.left = p.left[n:]
	return n, nil
}

// However records come, and however much is asked for, what is read never goes beyond one of them, and between them
// it shows.
func TestRecords(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var all []byte
		ends := map[int]bool{0: true}
		for range 1 + rnd.IntN(8) {
			n := rnd.IntN(60)
			all = append(append(all, 23, 3, 3, 0, byte(n)), make([]byte, n)...)
			ends[len(all)] = true
		}
		pool := NewBuffers(1 + rnd.IntN(100))
		r := &records{Conn: &piecewise{left: bytes.Clone(all), rnd: rnd}, pool: pool}
		var got []byte
		for {
			p := make([]byte, 1+rnd.IntN(100))
			n, err := r.Read(p)
			if err == io.EOF {
				break
			}
			before := len(got)
			got = append(got, p[:n]...)
			for i := before + 1; i < len(got); i++ {
				if ends[i] {
					t.Fatalf("a read from %d to %d goes over the end of a record at %d", before, len(got), i)
				}
			}
			if r.between() && !ends[len(got)] {
				t.Fatalf("%d is between no two records", len(got))
			}
		}
		if !bytes.Equal(got, all) || !r.between() {
			t.Fatalf("%d bytes of %d", len(got), len(all))
		}
	}
}
