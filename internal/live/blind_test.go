package live_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/live"
	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"

	"bytes"
)

func itoa(n int) string { return strconv.Itoa(n) }

// theirs are servers of the user's behind a proxy: each tells who it is by a session cookie, or by a field.
func theirs(t *testing.T, by string) *rig {
	cfg := parse(t,
		strings.ReplaceAll(ordinary, `<Uri Name="/shop/*"/>`, `<Uri Name="/shop/*"/><Uri Name="/cart/*"/>`))
	clones := map[string]string{"m1": "one", "m2": "two"}
	if _, err := probe.Point(cfg, false, func(_, server string) (probe.Door, error) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, rq *http.Request) {
			if by == "" {
				w.Header().Set("Set-Cookie", "JSESSIONID=0000abc:old:"+clones[server]+"; Path=/")
			} else {
				w.Header().Set(by, server)
			}
		}))
		t.Cleanup(s.Close)
		address := s.Listener.Addr().String()
		port, err := strconv.Atoi(address[strings.LastIndexByte(address, ':')+1:])
		return probe.Door{Host: "127.0.0.1", Port: port}, err
	}); err != nil {
		t.Fatal(err)
	}
	r := &rig{}
	var b bytes.Buffer
	parser.Write(&b, cfg.Doc)
	r.xml = b.String()
	var missing []diag.Diagnostic
	if r.table, missing = routecheck.New(parse(t, r.xml)); len(missing) > 0 {
		t.Fatal(missing)
	}
	return r
}

// TestTheirServers: without members of ours routing and affinity are asked, by what servers tell of themselves.
func TestTheirServers(t *testing.T) {
	for _, by := range []string{"", "X-Server"} {
		t.Run("by "+by, func(t *testing.T) {
			t.Parallel()
			r := theirs(t, by)
			truth := base(t).With(choices.ManyCookies, choices.LastCookie)
			plain, _ := serve(t, r.xml, truth.With(choices.SlashStarServesBare, choices.BareNotServed))
			p := &question.Planner{Judge: question.Judge{Table: r.table, Base: base(t), Among: every}}
			d := &live.Driver{Table: r.table, Target: live.Target{Plain: plain}, MemberHeader: by, Run: "test",
				Clock: live.Wall{}}
			run, err := d.Execute(t.Context(), p.Plan())
			if err != nil {
				t.Fatal(err)
			}
			f := p.Findings(run)
			nothingContradicted(t, r.table, f)
			for _, c := range f.Choices {
				if c.Choice != choices.ManyCookies {
					continue
				}
				if len(c.Agrees) != 1 || c.Agrees[0] != choices.LastCookie {
					t.Errorf("%s: %v agree", c.Choice, c.Agrees)
				}
			}
		})
	}
}
