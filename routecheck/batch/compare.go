package batch

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/accesslog"
)

// Comparison counts what two tables do differently with the requests of a log.
type Comparison struct {
	Lines
	Requests, Unchanged int64
	Unknown             int64                // of which the log does not say the host
	Classes             map[[2]string]*Class // by the labels of both answers
}

// Class is the requests that change in one way.
type Class struct {
	Old, New    Target
	Count       int64
	Lost        int64 // of these, whose session had its home and has none any more
	Sessions    Distinct
	Clients     Distinct
	First, Last int64    // seconds since 1970, 0 unknown
	Statuses    [6]int64 // that clients got, by their first digit; 0 unknown
	Patterns    Top
	Paths       Top
	Samples     []Sample
}

// Sample is a request of a class.
type Sample struct {
	Line   int    `json:"line"`
	Method string `json:"method"`
	Path   string `json:"path"`
}

const samples = 3

// Change says in words what changes, as "C -> D" or "same cluster, m2 no more".
func (c *Class) Change() string {
	was, is := &c.Old, &c.New
	switch {
	case was.Kind != forwarded && is.Kind == forwarded:
		return "newly served by " + is.Cluster
	case was.Kind == forwarded && is.Kind != forwarded:
		return "newly " + is.Label + ", was " + was.Cluster
	case was.Kind != forwarded:
		return was.Label + " -> " + is.Label
	case was.Cluster != is.Cluster:
		return was.Cluster + " -> " + is.Cluster
	case was.Home:
		return "same cluster, the session of " + was.Members[0] + " goes to " + strings.Join(is.Members, " or ")
	}
	var parts []string
	for _, side := range []struct {
		of, without []string
		word        string
	}{{was.Members, is.Members, "no more"}, {is.Members, was.Members, "new"}} {
		var names []string
		for _, m := range side.of {
			if !slices.Contains(side.without, m) {
				names = append(names, m)
			}
		}
		if names != nil {
			parts = append(parts, strings.Join(names, " and ")+" "+side.word)
		}
	}
	return "same cluster, " + cmp.Or(strings.Join(parts, ", "), "by its session now")
}

func (c *Comparison) add(r *accesslog.Record, old, new *Answer) {
	c.Requests++
	switch {
	case old.Kind == unplaced || new.Kind == unplaced:
		c.Unknown++
		return
	case old.Label == new.Label:
		c.Unchanged++
		return
	}
	k := c.class(old.Target, new.Target)
	k.Count++
	// Clusters and members are compared by name: the two files have tables of their own.
	if old.Home && !(new.Home && new.Cluster == old.Cluster && new.Members[0] == old.Members[0]) {
		k.Lost++
	}
	if id := cmp.Or(old.Session, new.Session); id != "" {
		k.Sessions.add(id)
	}
	if r.Client != "" {
		k.Clients.add(r.Client)
	}
	if r.Time != 0 {
		if k.First == 0 || r.Time < k.First {
			k.First = r.Time
		}
		k.Last = max(k.Last, r.Time)
	}
	k.Statuses[class(r)]++
	path := pathOf(r)
	k.Paths.add(path, 1)
	k.Patterns.add(cmp.Or(old.Pattern, new.Pattern), 1)
	if len(k.Samples) < samples {
		k.Samples = append(k.Samples, Sample{r.Line, strings.Clone(r.Method), strings.Clone(path)})
	}
}

func (c *Comparison) class(old, new *Target) *Class {
	key := [2]string{old.Label, new.Label}
	k := c.Classes[key]
	if k == nil {
		k = &Class{Old: *old, New: *new}
		c.Classes[key] = k
	}
	return k
}

func newComparison() *Comparison { return &Comparison{Classes: map[[2]string]*Class{}} }

func (c *Comparison) merge(o *Comparison) {
	c.Lines.merge(&o.Lines)
	c.Requests, c.Unchanged, c.Unknown = c.Requests+o.Requests, c.Unchanged+o.Unchanged, c.Unknown+o.Unknown
	for _, k := range o.Classes {
		// The order of classes does not matter: each is merged with its own alone. Parts come in the order of the log,
		// so the samples are its first.
		mine := c.class(&k.Old, &k.New)
		mine.Count, mine.Lost = mine.Count+k.Count, mine.Lost+k.Lost
		mine.Sessions.merge(&k.Sessions)
		mine.Clients.merge(&k.Clients)
		if mine.First == 0 || k.First != 0 && k.First < mine.First {
			mine.First = k.First
		}
		mine.Last = max(mine.Last, k.Last)
		for i, n := range k.Statuses {
			mine.Statuses[i] += n
		}
		mine.Paths.merge(&k.Paths, shareOf(len(c.Classes)))
		mine.Patterns.merge(&k.Patterns, shareOf(len(c.Classes)))
		mine.Samples = append(mine.Samples, k.Samples[:min(len(k.Samples), samples-len(mine.Samples))]...)
	}
}

// Most lists the classes, the largest first.
func (c *Comparison) Most() []*Class {
	list := make([]*Class, 0, len(c.Classes))
	for _, k := range c.Classes {
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b *Class) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Old.Label, b.Old.Label),
			cmp.Compare(a.New.Label, b.New.Label))
	})
	return list
}

// Compare asks two tables about every request of a log. Of both a new Asker is made for each worker.
func Compare(source Source, f *accesslog.Format, jobs int, old, new func() *Asker) (*Comparison, error) {
	total := newComparison()
	err := run(source, jobs, func() func(*Part) *Comparison {
		was, is := old(), new()
		return func(p *Part) *Comparison {
			c := newComparison()
			c.count(p)
			p.each(f, func(r *accesslog.Record, ok bool) {
				if !ok {
					c.Broken++
					return
				}
				c.see(r)
				a, b := was.ask(r), is.ask(r)
				if a.Kind != empty {
					c.add(r, &a, &b)
				}
			})
			return c
		}
	}, func(c *Comparison) error {
		total.merge(c)
		return nil
	})
	return total, err
}
