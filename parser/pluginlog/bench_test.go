package pluginlog_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
)

var sample = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if _, err := logtest.Write(&b, logtest.Options{Size: 20 << 20}); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// BenchmarkRead reads all kinds but the most frequent, with one parser.
func BenchmarkRead(b *testing.B) {
	log := sample()
	most := pluginlog.AllKinds(pluginlog.AliasCompared, pluginlog.URICompared, pluginlog.URINotMatched)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		opt := pluginlog.Options{Want: most, Workers: 1}
		if _, err := pluginlog.Read(bytes.NewReader(log), opt,
			func(*pluginlog.Event) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppend writes one line; it must not allocate.
func BenchmarkAppend(b *testing.B) {
	e := pluginlog.Event{Kind: pluginlog.StatusChecked, Time: 1507316803247730000,
		Thread: pluginlog.Thread{PID: 0xea003e, TID: 0x1617},
		Member: "megaNode01_tisales3", Check: pluginlog.Check{IgnoreWeights: true, HasFull: true}}
	buf := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		buf = e.Append(buf[:0])
	}
}
