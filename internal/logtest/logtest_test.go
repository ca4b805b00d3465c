package logtest_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/logtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// TestTruth: the reader finds in a generated log exactly what was put in, and the same options give the same bytes.
func TestTruth(t *testing.T) {
	opt := logtest.Options{Size: 3 << 20, Seed: 7, Processes: 3, Threads: 5, FailEvery: 11}
	var log, again bytes.Buffer
	truth, err := logtest.Write(&log, opt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := logtest.Write(&again, opt); err != nil || !bytes.Equal(log.Bytes(), again.Bytes()) {
		t.Fatal("two runs differ", err)
	}
	var s requests.Summary
	a := requests.Assembler{Done: s.AddRequest}
	stats, err := pluginlog.Read(&log, pluginlog.Options{Want: requests.SummaryKinds()},
		func(e *pluginlog.Event) error {
			s.Add(e)
			a.Add(e)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	s.Finish()
	got := logtest.Truth{Bytes: stats.Bytes, Lines: stats.Lines, Requests: s.Requests,
		Counters: map[string]pluginlog.Counters{}}
	for _, m := range s.Members {
		got.Failures += m.Marks
	}
	for _, c := range s.Counters {
		got.Counters[fmt.Sprintf("%s %08x", c.Member, c.PID)] = c.Counters
	}
	if diff := cmp.Diff(truth, got); diff != "" {
		t.Error(diff)
	}
	if s.Odd != truth.Failures || stats.Unknown != 0 || s.Builds != 3 {
		t.Errorf("%d odd requests, %d unknown lines, %d starts", s.Odd, stats.Unknown, s.Builds)
	}
}
