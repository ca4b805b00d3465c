package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/parser/errorlog"
)

// TestReadErrorLog: plain or packed, with lines of any length; what is no error log at all is an error.
func TestReadErrorLog(t *testing.T) {
	const line = "[Thu Aug 19 14:01:00 2004] [notice] caught SIGTERM, shutting down\n"
	text := line + " goes on\n" + strings.Repeat("x", 3<<20) + "\r\n" + line
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, text)
	z.Close()
	in := apptest.Memory(t, map[string]string{"plain": text, "packed": packed.String(), "other": "no\nlog\n",
		"empty": "",
		"-":     text, "cut": packed.String()[:40]})
	for _, name := range []string{"plain", "packed", "-"} {
		var numbers []int
		others, err := app.ReadErrorLog(in, name, func(number int, l *errorlog.Line) {
			if numbers = append(numbers, number); l.Kind != errorlog.Stopping {
				t.Errorf("%s: line %d is %s", name, number, l.Kind)
			}
		})
		if err != nil || others != 2 || fmt.Sprint(numbers) != "[1 4]" {
			t.Errorf("%s: %v, %d others, %v", name, numbers, others, err)
		}
	}
	for name, want := range map[string]string{"other": "no line of an error log", "empty": "", "absent": "absent",
		"cut": "unexpected EOF"} {
		_, err := app.ReadErrorLog(in, name, func(int, *errorlog.Line) {})
		if got := fmt.Sprint(err); want == "" && err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
