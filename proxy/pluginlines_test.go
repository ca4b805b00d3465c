package proxy

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// The proxy's Trace log tells a failover in the plug-in's own lines, and its reader reads it back.
func TestPluginLog(t *testing.T) {
	var log syncBuffer
	open := func(level pluginlog.Level) *pluginlog.Writer { return pluginlog.NewWriter(&log, level) }
	w := start(t, false, site{members: 2, uri: "/app/*", extra: `<Log LogLevel="Trace" Name="http_plugin.log"/>`}, Options{PluginLog: open})
	w.refuse("m1")
	w.once(get("/app/", sticky("m1")))
	w.once(get("/elsewhere"))
	w.stop()
	text := log.String()
	for _, want := range []string{
		"Adding clone id 'c1'", "Match for clone 'm1'", "Checking status of m1, ignoreWeights 1, markedDown 0", "Failed to connect to app server on host 'm1'",
		"Marking m1 down", "will try another one", "Checking status of m1, ignoreWeights 1, markedDown 1", "Server m2 picked", "Created a new stream", "No route found",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not say %q:\n%s", want, text)
		}
	}
	if line := regexp.MustCompile(`(?m)^\[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d\.\d{5}\] [0-9a-f]{8} [0-9a-f]{8} - TRACE: `); !line.MatchString(text) {
		t.Errorf("no line has the plug-in's form:\n%s", text)
	}
	if err := readBack(text); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func readBack(text string) error {
	_, err := pluginlog.Read(strings.NewReader(text), pluginlog.Options{}, func(e *pluginlog.Event) error {
		if e.Kind == pluginlog.None {
			return fmt.Errorf("line %d cannot be read back", e.Line)
		}
		return nil
	})
	return err
}
