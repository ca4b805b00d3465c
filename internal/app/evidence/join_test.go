package evidence

import (
	"testing"

	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// TestLinesThatFit: a request is found where one line fits it, and that line fits no other; clocks of two logs may
// differ by a second.
func TestLinesThatFit(t *testing.T) {
	t.Parallel()
	line := func(second int64, method, was string) accesslog.Record {
		return accesslog.Record{Target: "/a%62?q=1", Time: second, Method: method, WAS: was, Status: 200}
	}
	for _, c := range []struct {
		name  string
		hits  []hit
		lines []accesslog.Record
		found int64
	}{
		{"one of each", []hit{{}}, []accesslog.Record{line(100, "", "")}, 1},
		{"a second later", []hit{{}}, []accesslog.Record{line(101, "", "")}, 1},
		{"two seconds later", []hit{{}}, []accesslog.Record{line(102, "", "")}, 0},
		{"two lines", []hit{{}}, []accesslog.Record{line(99, "", ""), line(100, "", "")}, 0},
		{"two requests", []hit{{}, {}}, []accesslog.Record{line(100, "", "")}, 0},
		{"two requests told apart by their methods", []hit{{method: "GET"}, {method: "PUT"}},
			[]accesslog.Record{line(100, "PUT", ""), line(100, "GET", "")}, 2},
		{"two requests of which one asked that member",
			[]hit{{members: []string{"h1:1"}}, {members: []string{"h2:2"}}},
			[]accesslog.Record{line(100, "", "H2:2")}, 1},
		{"a member that the plug-in's log has under no such name",
			[]hit{{members: []string{"h1:1"}}, {members: []string{"h2:2"}}},
			[]accesslog.Record{line(100, "", "other:3")}, 0},
	} {
		h := newHits(story.New(story.Options{}))
		for i := range c.hits {
			k := hitKey{pathOf("/ab"), 100}
			h.all[k] = append(h.all[k], &c.hits[i])
			for _, member := range c.hits[i].members {
				h.members[member] = true
			}
		}
		for i := range c.lines {
			h.record(&c.lines[i])
		}
		var a AccessJoin
		if h.found(&a); a.Found != c.found || a.Hit != int64(len(c.hits)) {
			t.Errorf("%s: %d of %d found, want %d", c.name, a.Found, a.Hit, c.found)
		}
	}
}
