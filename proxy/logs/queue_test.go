package logs

import (
	"strings"
	"testing"
)

// stuckDisk takes nothing until it is let go on.
type stuckDisk struct {
	reached, goOn chan bool
	strings.Builder
}

func (d *stuckDisk) Write(p []byte) (int, error) {
	d.reached <- true
	<-d.goOn
	return d.Builder.Write(p)
}

// Lines are queued while a disk is stuck, and are written in the order in which they came; whoever flushes returns
// when its own are written.
func TestQueueKeepsOrder(t *testing.T) {
	disk := &stuckDisk{reached: make(chan bool), goOn: make(chan bool)}
	q := &queue{out: disk}
	flushed := make(chan bool)
	flush := func() { q.flush(); flushed <- true }
	q.Write([]byte("1\n"))
	go flush()
	<-disk.reached
	q.Write([]byte("2\n"))
	q.Write([]byte("3\n"))
	go flush()
	disk.goOn <- true
	<-flushed
	<-disk.reached
	disk.goOn <- true
	<-flushed
	if got := disk.String(); got != "1\n2\n3\n" {
		t.Errorf("%q", got)
	}
}
