package written

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Draft is a scenario of which the configurations have not been read yet.
type Draft struct {
	Config    diag.Val[string] // relative to the file, not set where only flags can say it
	WebServer string
	Level     string   // of the plug-in
	Platform  string   // of the web server
	Assume    []string // CHOICE=VALUE
	Reloads   []diag.Val[string]

	files   *diag.Files // the file, and one of each flag: so that a mistake has a place in either
	root    *yamldoc.Node
	reports []diag.Diagnostic
}

// Option is a flag in place of something that a file could say.
type Option struct{ Flag, Value string }

// Read reads a file that stands in files, and puts flags in place of what it says; nil for flags alone. A draft
// without diagnostics that are errors can be made a scenario.
func Read(files *diag.Files, file *diag.FileID, options []Option) (*Draft, []diag.Diagnostic) {
	d := &Draft{files: files, root: &yamldoc.Node{Kind: yamldoc.Map}}
	if file != nil {
		var reports []diag.Diagnostic
		if d.root, reports = schemas.Load(files, *file, "scenario"); diag.Worst(reports) >= diag.Error {
			return nil, reports
		}
		d.reports = reports
	} else {
		// What is missing must be missing somewhere.
		d.root.Span = diag.Span{File: files.Add("simulate", nil)}
	}
	fresh := map[string]bool{}
	for _, o := range options {
		d.set(o, fresh)
	}
	d.Config, d.WebServer = d.root.Get("config").Str(), d.root.Get("webServer").Str().V
	d.Level, d.Platform = d.root.Get("pluginLevel").Str().V, d.root.Get("platform").Str().V
	for _, f := range d.root.Get("assume").AllFields() {
		d.Assume = append(d.Assume, f.Name+"="+f.Value.Str().V)
	}
	for _, n := range d.root.Get("reloads").AllItems() {
		d.Reloads = append(d.Reloads, n.Get("config").Str())
	}
	return d, d.reports
}

// paths are the keys of a file in whose place a flag stands; of those that may be repeated the item is made of parts.
var paths = map[string][]string{
	"requests": {"requests"}, "duration": {"for"}, "processes": {"processes"}, "routing": {"routing"},
	"seed": {"seed"}, "rate": {"arrivals", "uniform"}, "poisson": {"arrivals", "poisson"},
	"users": {"arrivals", "closed", "users"}, "think": {"arrivals", "closed", "think"},
	"affinity": {"sessions", "share"}, "session-length": {"sessions", "length"}, "sessions": {"sessions", "live"},
	"service": {"members", "*", "service"}, "threads": {"members", "*", "threads"},
	"backlog": {"members", "*", "backlog"},
}

// Options lists the flags that stand for a key of a file, those that may be repeated aside.
func Options() (names []string) {
	for name := range paths {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// The flags that may be repeated.
const (
	FaultOption  = "fault"  // MEMBER:HOW@FROM[..UNTIL]
	URLOption    = "url"    // URL[=WEIGHT]
	ReloadOption = "reload" // FILE@TIME
)

// set puts a flag in place of what the file says. The first of those that may be repeated drops the list of the file.
func (d *Draft) set(o Option, fresh map[string]bool) {
	file := d.files.Add("--"+o.Flag, []byte(o.Value))
	at := func(from, to int) *yamldoc.Node {
		return &yamldoc.Node{Kind: yamldoc.Scalar, Text: o.Value[from:to],
			Span: diag.Span{File: file, Start: int32(from), End: int32(to)}}
	}
	whole := at(0, len(o.Value))
	list := map[string]string{FaultOption: "faults", URLOption: "urls", ReloadOption: "reloads"}[o.Flag]
	if list == "" {
		path := paths[o.Flag]
		// The file's way of arriving goes as a whole: --rate beside users of the file would be two ways.
		if path[0] == "arrivals" && !fresh["arrivals"] {
			arrivals := func(f yamldoc.Field) bool { return f.Name == "arrivals" }
			d.root.Fields = slices.DeleteFunc(d.root.Fields, arrivals)
			fresh["arrivals"] = true
		}
		put(d.root, whole, path)
		return
	}
	if !fresh[list] {
		fresh[list] = true
		put(d.root, &yamldoc.Node{Kind: yamldoc.List, Span: whole.Span}, []string{list})
	}
	item := &yamldoc.Node{Kind: yamldoc.Map, Span: whole.Span}
	switch o.Flag {
	case FaultOption:
		d.fault(item, o.Value, at)
	case URLOption:
		// The last "=" is that of a weight only where a number stands behind it: a URL may hold others, in its query.
		url, weight := len(o.Value), strings.LastIndexByte(o.Value, '=')
		if weight > 0 && isNumber(o.Value[weight+1:]) && !strings.ContainsAny(o.Value[weight+1:], "/?") {
			url = weight
			item.Put("weight", at(weight+1, len(o.Value)))
		}
		item.Put("url", at(0, url))
	case ReloadOption:
		// The last one: a path may hold "@".
		i := strings.LastIndexByte(o.Value, '@')
		if i < 0 {
			d.report(whole.Span, "%q: want FILE@TIME, as in new.xml@30m", o.Value)
			return
		}
		item.Put("config", at(0, i)).Put("at", at(i+1, len(o.Value)))
	}
	to := d.root.Get(list)
	to.Items = append(to.Items, item)
}

// fault takes MEMBER:HOW@FROM[..UNTIL] apart.
func (d *Draft) fault(item *yamldoc.Node, text string, at func(from, to int) *yamldoc.Node) {
	when := strings.LastIndexByte(text, '@')
	end := when
	if when < 0 {
		end = len(text)
	}
	// The first one: HOW may hold another (slow:5).
	how := strings.IndexByte(text[:end], ':')
	if how < 0 {
		d.report(item.Span, "%q: want MEMBER:HOW@FROM..UNTIL, as in m1:timeout@10m..15m", text)
		return
	}
	item.Put("member", at(0, how)).Put("do", at(how+1, end))
	if when < 0 {
		return
	}
	if i := strings.Index(text[when:], ".."); i >= 0 {
		item.Put("at", at(when+1, when+i)).Put("until", at(when+i+2, len(text)))
	} else {
		item.Put("at", at(when+1, len(text)))
	}
}

// put sets a value below a node.
func put(n, value *yamldoc.Node, path []string) {
	f := n.Field(path[0])
	if f == nil {
		n.Put(path[0], &yamldoc.Node{Kind: yamldoc.Map, Span: value.Span})
		f = n.Field(path[0])
		f.NameSpan = value.Span
	}
	if len(path) == 1 {
		f.Value, f.NameSpan = value, value.Span
		return
	}
	if f.Value.Kind != yamldoc.Map {
		f.Value = &yamldoc.Node{Kind: yamldoc.Map, Span: value.Span}
	}
	put(f.Value, value, path[1:])
}

func (d *Draft) report(span diag.Span, format string, args ...any) {
	d.reports = append(d.reports, diag.Diagnostic{Span: span, Severity: diag.Error,
		Message: diag.Sprintf(format, args...)})
}
