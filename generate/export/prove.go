package export

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/space"
)

// prove asks the plan the samples of all Routes: it must say what Match says. On the way it notes the open choices
// that clusters hang on.
// The plan and Match share no look-up: the plan walks maps of texts, Match its index. So a bug of one shows here, as
// an error that writes nothing.
func (p *Plan) prove() error {
	open := map[string]bool{}
	for _, route := range space.Samples(p.table, p.sem) {
		for i := range route.Requests {
			if err := p.ask(route.Requests[i].URL); err != nil {
				return err
			}
			for _, name := range space.ClusterHangsOn(p.table, &route.Requests[i], p.sem) {
				open[name] = true
			}
		}
	}
	p.OpenChoices = slices.Sorted(maps.Keys(open))
	return nil
}

// ask puts one request to the plan and to Match.
func (p *Plan) ask(url string) error {
	rq, err := written.URL(url)
	if err != nil {
		return nil
	}
	// what the web server refuses itself (R16) no plan has to answer
	path, refused := p.table.ComparedPath(&rq, p.sem, nil)
	if refused != match.Accepted {
		return nil
	}
	host, port := p.table.HostPort(&rq, p.sem)
	e := p.Lookups.Find(host, port, path)
	m, ok := p.table.Match(&rq, p.sem)
	if (e != nil) == ok && (!ok || e.Route == m.Route() && e.Pattern == pattern(&m)) {
		return nil
	}
	return fmt.Errorf("the plan differs from the decision for %s, so nothing is written: please report this file",
		diag.Quote(url))
}

// pattern is the Uri of a match as entries have it: "*" for a Route without UriGroup.
func pattern(m *match.Match) string {
	if !m.HasURI() {
		return "*"
	}
	return m.URI()
}
