package pluginlog_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
)

// TestManyBlocks reads a log of all kinds through blocks that are used again and again: nothing of an old block shows
// in a new one.
func TestManyBlocks(t *testing.T) {
	var log bytes.Buffer
	if _, err := logtest.Write(&log, logtest.Options{Size: 8 << 20, FailEvery: 5, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	var want []pluginlog.Event
	if err := pluginlog.ReadLines(bytes.NewReader(log.Bytes()), func(l *pluginlog.Line) error {
		if e, ok := l.Parse(); ok && e.Kind%3 != 0 {
			want = append(want, e)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var kinds []pluginlog.Kind
	for k := pluginlog.Kind(1); k.String() != "none"; k++ {
		if k%3 != 0 {
			kinds = append(kinds, k)
		}
	}
	n := 0
	if _, err := pluginlog.Read(bytes.NewReader(log.Bytes()), pluginlog.Options{Want: pluginlog.KindsOf(kinds...)},
		func(e *pluginlog.Event) error {
			if n < len(want) && *e != want[n] {
				t.Fatal(cmp.Diff(want[n], *e))
			}
			n++
			return nil
		}); err != nil || n != len(want) {
		t.Fatalf("%d events, want %d; %v", n, len(want), err)
	}
}
