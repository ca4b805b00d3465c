package proxy

import (
	"fmt"
	"os"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/wire"
)

// bodyMemory is how much of a body is kept in memory, the rest goes to a file: four times what PostBufferSize is when
// absent, and little enough for many clients at once.
const bodyMemory = 256 << 10

// bodyFile holds the beginning of a large body until nobody can ask for it again. It stands in the folder for
// temporary files ($TMPDIR), without a name where the system allows that: then even a killed process leaves nothing
// behind.
type bodyFile struct {
	f     *os.File
	size  int64 // bytes in it
	named bool  // its name could not be taken away while it is open, and must be when it is closed
}

// newBodyFile takes the name away at once: the file lives until it is closed, by whatever end.
func newBodyFile() (*bodyFile, error) {
	f, err := os.CreateTemp("", "wasplug-body-*") // readable by its owner alone
	if err != nil {
		return nil, noRoom(err)
	}
	return &bodyFile{f: f, named: os.Remove(f.Name()) != nil}, nil
}

// noRoom is an answer of the proxy's own: no member is to blame for a full disk.
func noRoom(err error) error {
	status := 500
	if wire.IsLocalWant(err) {
		status = 503
	}
	return &http1.Error{Status: status, Msg: fmt.Sprintf("cannot keep the body of the request: %v", err)}
}

func (b *bodyFile) add(p []byte) error {
	n, err := b.f.Write(p)
	b.size += int64(n)
	if err != nil {
		return noRoom(err)
	}
	return nil
}

// read fills p with what stands at a place. A reader says where, for each attempt begins anew.
func (b *bodyFile) read(p []byte, at int64) (int, error) {
	n, err := b.f.ReadAt(p[:min(int64(len(p)), b.size-at)], at)
	if n == 0 && err != nil {
		return 0, noRoom(err)
	}
	return n, nil
}

// close also takes nil, for bodies that never needed a file.
func (b *bodyFile) close() {
	if b == nil {
		return
	}
	b.f.Close()
	if b.named {
		os.Remove(b.f.Name())
	}
}
