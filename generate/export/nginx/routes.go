package nginx

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/routecheck/match/lookups"
)

// routes looks up where a request belongs: $plugin_to is CLUSTER|NUMBER, the number being that of the affinity names.
// The host is the text up to the last ":", unless a "]" follows that. A path that no entry of PathEnds cuts ends at
// the query. Maps compare whole texts without letter case, and so are hosts compared (R5).
func (w *writer) routes() {
	w.line("# host, port and path as the plug-in compares them")
	w.line(`map $http_host $plugin_host { default ""; "~^(?<plugin_host_part>.*?)(?::[^\]:]*)?$" $plugin_host_part; }`)
	w.line("map $https $plugin_usual_port { default %d; on %d; }", w.plan.PlainPort, w.plan.TLSPort)
	// what listens may stand behind something else: ADDRESS=PORT says the port that people asked for
	w.line("map $server_port $plugin_arrived {\n    default $server_port;")
	for _, l := range append(slices.Clone(w.opt.Listen), w.opt.TLSListen...) {
		w.line("    %d %d;", l.Port, l.As)
	}
	w.line("}")
	w.line(`map $http_host $plugin_written { default $plugin_usual_port; ` +
		`"~:0*(?<plugin_port_part>[0-9]{1,5})$" $plugin_port_part; }`)
	port := "$plugin_written"
	if w.plan.PortArrived {
		port = "$plugin_arrived"
	}
	var ends []string
	for _, end := range w.plan.PathEnds {
		ends = append(ends, regexp.QuoteMeta(end))
	}
	w.line(`map $request_uri $plugin_path { default ""; %s $plugin_path_part; }`,
		word(`~^(?<plugin_path_part>[^?]*?)(?:`+strings.Join(append(ends, `\?`), "|")+`|$)`))
	w.places(port)
	w.paths()
}

// places finds the class of a host and a port.
// The forms are written the last first, since each names as its default the variable of the one that is asked after
// it.
func (w *writer) places(port string) {
	t, next := w.plan.Lookups, `""`
	forms := export.PlaceForms(t)
	for i := len(forms) - 1; i >= 0; i-- {
		host, p := "$plugin_host", port
		if forms[i].AnyHost {
			host = "*"
		}
		if forms[i].AnyPort {
			p = "*"
		}
		w.line("map \"%s:%s\" $plugin_class_%d {\n    default %s;", host, p, i, next)
		for _, place := range t.Places {
			if forms[i] == (export.PlaceForm{AnyHost: place.Host == "*", AnyPort: place.Port == 0}) {
				w.line("    %s %d;", word(export.PlaceKey(place.Host, place.Port)), place.Class)
				w.longest = max(w.longest, len(place.Host)+6)
			}
		}
		w.keys = max(w.keys, len(t.Places))
		w.line("}")
		next = fmt.Sprintf("$plugin_class_%d", i)
	}
	w.line("map $https $plugin_class { default %s; }", next)
}

// value is what a node leads to.
func (w *writer) value(n *lookups.Node) string {
	return w.plan.ClusterOf(n.Entry).Ident + "|" + strconv.Itoa(w.plan.SessionOf(n.Entry))
}

// paths looks up the path: the whole of it, then the longest beginning of one that ends as some Uri does, then of any.
func (w *writer) paths() {
	t := w.plan.Lookups
	var exact []row
	plain, tailed := newBeginnings(), newBeginnings()
	for i := range t.Classes {
		c := &t.Classes[i]
		for _, n := range c.Exact {
			if export.Sendable(n.Text) {
				exact = append(exact, row{fmt.Sprintf("%d#%s", i, n.Text), n.Text, w.value(&n)})
			}
		}
		for _, trie := range c.Tries {
			for _, n := range trie.Nodes {
				switch {
				case !export.Sendable(n.Text):
				case trie.Tail < 0:
					plain.add(fmt.Sprint(i), n.Text, w.value(&n))
				default:
					tailed.add(fmt.Sprintf("%d.%d", i, trie.Tail), n.Text, w.value(&n))
				}
			}
		}
	}
	next := w.beginnings("plugin_any", "$plugin_class", "$plugin_path", plain, `""`)
	if len(t.Tails) > 0 {
		w.tails()
		next = w.beginnings("plugin_end", "$plugin_class.$plugin_tail", "$plugin_head", tailed, next)
	}
	next = w.table("plugin_whole", "$plugin_class#$plugin_path", "$plugin_path", exact, next)
	w.line("map $https $plugin_to { default %s; }", next)
}

// tails finds how a path ends, and what stands before that.
// The tails stand in the order of the look-ups, the longest first, and the first expression that fits counts.
func (w *writer) tails() {
	w.line("map $plugin_path $plugin_tail {\n    default -;")
	for i, tail := range w.plan.Lookups.Tails {
		if export.Sendable(tail) {
			w.line("    %s %d;", word("~"+regexp.QuoteMeta(tail)+"$"), i)
		}
	}
	w.line("}\nmap $plugin_path $plugin_head {\n    default -;")
	for i, tail := range w.plan.Lookups.Tails {
		if export.Sendable(tail) {
			w.line("    %s $plugin_head_%d;",
				word(fmt.Sprintf("~^(?<plugin_head_%d>.*)%s$", i, regexp.QuoteMeta(tail))), i)
		}
	}
	w.line("}")
}

// beginnings are texts that paths begin with, by the number of their slashes: those that end with one are looked up,
// the others compared one by one.
type beginnings struct {
	slashed, others map[int][]row
}

func newBeginnings() beginnings { return beginnings{map[int][]row{}, map[int][]row{}} }

func (b *beginnings) add(class, text, value string) {
	depth, r := strings.Count(text, "/"), row{class + "#" + text, text, value}
	if text == "" || strings.HasSuffix(text, "/") {
		b.slashed[depth] = append(b.slashed[depth], r)
	} else {
		b.others[depth] = append(b.others[depth], r)
	}
}

// beginnings writes the look-ups of a text, the longest beginning first, and returns their variable.
func (w *writer) beginnings(name, class, text string, b beginnings, next string) string {
	deepest := 0
	for _, rows := range []map[int][]row{b.slashed, b.others} {
		for depth := range rows {
			deepest = max(deepest, depth)
		}
	}
	// From few slashes to many: each look-up falls back on the one before it, so that the deepest is asked first. A
	// text with as many slashes that does not end with one is longer than the slashed part of its path, so it is asked
	// before.
	for depth := range deepest + 1 {
		at := fmt.Sprintf("%s_%d", name, depth)
		if rows := b.slashed[depth]; len(rows) > 0 && depth == 0 {
			// of every text, the empty one, too, for which a map tries no regular expression
			next = w.table(at, class+"#", "", rows, next)
		} else if len(rows) > 0 {
			w.line(`map %q $%s_text { default -; "~^(?<%s_part>(?:[^/]*/){%d})" $%s_part; }`, text, at, at, depth, at)
			next = w.table(at, class+"#$"+at+"_text", "$"+at+"_text", rows, next)
		}
		rows := b.others[depth]
		if len(rows) == 0 {
			continue
		}
		// nginx tries regular expressions of a map in the order in which they stand, so the longest text comes first
		slices.SortStableFunc(rows, func(x, y row) int { return len(y.text) - len(x.text) })
		w.line("map %q $%s_%d_other {\n    default %s;", class+"#"+text, name, depth, next)
		for _, r := range rows {
			w.line("    %s %s;", word("~^"+regexp.QuoteMeta(r.key)), r.value)
		}
		w.line("}")
		next = fmt.Sprintf("$%s_%d_other", name, depth)
	}
	return next
}
