package editor

import (
	"bytes"
	"regexp"
	"slices"
	"sync"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// YAML is a topology or a test suite as it stands in an editor, however broken. It never changes, and may be asked by
// several at once.
type YAML struct {
	files    *diag.Files
	file     diag.FileID
	src      []byte
	isSuite  bool
	root     *yamldoc.Node    // as much as could be read, nil for nothing; readers of yamldoc take nil
	mentions func() []mention // of names, and what a suite's configuration defines
	config   *configuration   // of a suite, once mentions were asked for; nil for none
	target   string           // the level of the plug-in
	sites    func() []site    // what is generated from a topology
}

var testsKey = regexp.MustCompile(`(?m)^["']?tests["']?\s*:`)

// IsSuite tells the text of a test suite from that of a topology.
func IsSuite(src []byte) bool { return testsKey.Match(src) }

// OpenYAML reads a text, which must not change afterwards. target is as in [Open]; the configuration that a suite
// names is read from in.
func OpenYAML(path string, src []byte, target string, in app.Input) *YAML {
	y := &YAML{files: diag.NewFiles(), src: src, isSuite: IsSuite(src), target: target}
	y.file = y.files.Add(path, src)
	y.root = readable(src)
	y.mentions = sync.OnceValue(func() []mention { return y.list(in) })
	y.sites = sync.OnceValue(y.generated)
	return y
}

// Files are those that spans of answers stand in: the document, and the configuration of a suite.
func (y *YAML) Files() *diag.Files { return y.files }

func (y *YAML) schema() string {
	if y.isSuite {
		return "suite"
	}
	return "topology"
}

// mostCuts bounds how often a text is cut off before a fault, which the reader may notice lines after it.
const mostCuts = 4

// readable returns the tree of a text, or of what stands above the line of its first fault; nil where that is nothing.
func readable(src []byte) *yamldoc.Node {
	for range mostCuts {
		files := diag.NewFiles()
		root, reports := yamldoc.Load(files, files.Add("", src))
		if root != nil || len(reports) == 0 {
			return root
		}
		// What stands behind a fault is lost, so that nothing is said of a text that may mean something else. The span
		// is the place where the reader noticed: the next round may find a fault before it.
		src = src[:lineStart(src, reports[0].Span.Start)]
	}
	return nil
}

// lineStart is where the line of a place begins.
func lineStart(src []byte, place int32) int32 {
	return int32(bytes.LastIndexAny(src[:place], "\r\n") + 1)
}

// yamlSpot is what stands at a place of a tree: a value, or its key.
type yamlSpot struct {
	path  []string // that leads to the value
	key   *yamldoc.Field
	value *yamldoc.Node
	in    *yamldoc.Node // the map or list that holds the value, nil for the root
	onKey bool          // the place is on the key
}

// find returns what stands at a place, false where that is no key and no scalar.
func find(root *yamldoc.Node, place int32) (s yamlSpot, ok bool) {
	for s.value = root; s.value != nil && s.value.Kind != yamldoc.Scalar; {
		next := s.enter(place)
		if next == nil {
			return s, false
		}
		if s.in, s.value = s.value, next; s.onKey {
			return s, true
		}
	}
	return s, s.value != nil && touches(s.value.Span, place)
}

// enter returns what a map or list holds at a place, nil for nothing, and notes the way.
func (s *yamlSpot) enter(place int32) *yamldoc.Node {
	for i := range s.value.Fields {
		f := &s.value.Fields[i]
		if s.onKey = touches(f.NameSpan, place); s.onKey || touches(f.Value.Span, place) {
			s.path, s.key = append(s.path, f.Name), f
			return f.Value
		}
	}
	for _, item := range s.value.Items {
		if touches(item.Span, place) {
			s.path, s.key = append(s.path, schemas.Item), nil
			return item
		}
	}
	return nil
}

// walk visits what is below a node, with the path that leads there, which is only lent.
func walk(n *yamldoc.Node, path []string, visit func(path []string, n *yamldoc.Node)) {
	for _, f := range n.AllFields() {
		inner := append(path, f.Name)
		visit(inner, f.Value)
		walk(f.Value, inner, visit)
	}
	for _, item := range n.AllItems() {
		inner := append(path, schemas.Item)
		visit(inner, item)
		walk(item, inner, visit)
	}
}

// leads reports whether a path is one of a pattern, in which "*" stands for any key.
func leads(path, pattern []string) bool {
	return slices.EqualFunc(path, pattern, func(step, want string) bool {
		return step == want || want == "*" && step != schemas.Item
	})
}
