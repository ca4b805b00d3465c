package requests_test

import (
	"bytes"
	"testing"

	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// BenchmarkSummary is the whole work of a summary.
func BenchmarkSummary(b *testing.B) {
	var sample bytes.Buffer
	if _, err := logtest.Write(&sample, logtest.Options{Size: 20 << 20}); err != nil {
		b.Fatal(err)
	}
	log := sample.Bytes()
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		var s requests.Summary
		a := requests.Assembler{Done: s.AddRequest}
		opt := pluginlog.Options{Want: requests.SummaryKinds()}
		_, err := pluginlog.Read(bytes.NewReader(log), opt, func(e *pluginlog.Event) error {
			s.Add(e)
			a.Add(e)
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		a.Close()
		s.Finish()
	}
}
