package proxy

import (
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Under open-route=rejects-file a Route without a group is refused at the start and on a reload, where the old file
// stays in use (R17).
func TestOpenRouteRejectsTheFile(t *testing.T) {
	sem := choices.Latest()
	if _, err := sem.Assume("open-route=rejects-file"); err != nil {
		t.Fatal(err)
	}
	for _, extra := range []string{`<Route ServerCluster="C" UriGroup="u"/>`,
		`<Route ServerCluster="C" VirtualHostGroup="vh"/>`} {
		w := start(t, false, site{members: 1}, Options{Assumptions: &sem})
		w.xml.Store(site{members: 1, uri: "/other", extra: extra}.xml())
		for what, err := range map[string]error{
			"a reload": w.p.Reload(t.Context()),
			"a start":  func() error { _, err := New(t.Context(), w.source(), w.p.opt); return err }(),
		} {
			var rejected *generation.Rejected
			if !errors.As(err, &rejected) || !strings.Contains(rejected.Files.Line(rejected.Diagnostics[0]),
				"the plug-in rejects the whole file") {
				t.Errorf("%s: %v", what, err)
			}
		}
		if r := w.once(get("/")); r.status != 200 {
			t.Errorf("the old file serves no more: %+v", r)
		}
		w.stop()
		start(t, false, site{members: 1, extra: extra}, Options{}).stop() // by default it is served
	}
}
