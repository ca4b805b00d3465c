package arch

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The plug-in's decision has its one home in three rooms: which cluster, what a request says of its session, and which
// member.
const (
	choicesRoom  = "routecheck/choices"
	matchRoom    = "routecheck/match"
	affinityRoom = "routecheck/affinity"
	failoverRoom = "routecheck/failover"
)

// decide holds the rooms that may decide.
var decide = []string{matchRoom, affinityRoom, failoverRoom}

// A sign is a piece of code by which a decision outside the core shows itself. It cannot see every disguise; it sees
// the copies that were once made, and testdata/decides holds one of each. A sign looks at one node at a time: a value
// that is first put into a variable, and compared later, goes by most of them. So they keep somebody from copying a
// decision without noticing, not somebody who wants to.
type sign struct {
	name string
	ask  string                      // what to ask of the core instead
	of   func(*typed, ast.Node) bool // is this node one?
	may  map[string]string           // package: why it may all the same
}

var signs = []sign{
	{"state", "Begin, Next, Observe, Carry and the Learn methods write state", writesState, nil},
	{"alias", "Table.Match and what match answers about aliases and ports", comparesAlias, map[string]string{
		"routecheck/space": "aliases meet each other there, no request",
	}},
	{"clone", "failover.OutcomeOf and the steps of Explain", readsCloneIDs, map[string]string{
		"routecheck/explain":       "it tells what a session names",
		"routecheck/explain/cause": "it tells where else that is known",
		"routecheck/cookie":        "it reads a value that stands in no request",
	}},
	{"usable", "failover.CheckMember says whether a member is usable", asksUsable, nil},
	{"role", "match.PrimaryAndBackup and Cluster.Role say who is primary, backup, balanced or drained", asksRole,
		nil},
	{"choice", "Table.Rejected, Carry and others consult the open choices", comparesChoice, nil},
	{"first", "resolve.New says which definition a name means", resolvesNames, nil},
	{"url", "match/written reads what a client sends", readsURL, map[string]string{
		"routecheck/match/written": "it is the one place",
		"lab/store/grid":           "no client sends the URL of a Redis",
		"internal/lsp":             "no client sends the URI of a document",
	}},
	{"escape", "Table.Refusal says which paths the web server refuses", readsEscapes, nil},
	{"hold", "Observe says whether an answer is held back", comparesBusy, map[string]string{
		"routecheck/replay":         "a status in a log names the event that Observe is told",
		"parser/pluginlog/requests": "the oddities of a log are no decision",
		"routecheck/diagnose/facts": "it counts what clients got",
		"parser/pluginlog/story":    "the incidents of a log are none either",
	}},
	{"stream", "streams.Queue says which idle stream is taken, and which is too old", agesStream, map[string]string{
		"routecheck/streams": "it is that queue",
	}},
	{"rule", "Step.Kind and Step.Why tell programs what happened; Rule and Text are for people", comparesRule, nil},
}

// TestWhoDecides holds "Who may decide" of the design: outside the core nobody decides a piece of it again.
func TestWhoDecides(t *testing.T) {
	program, found := loadProgram(t), map[string]bool{}
	for i := range program.packages {
		name, ok := program.packages[i].ours()
		if !ok || slices.Contains(decide, name) || name == "parser" {
			continue
		}
		for _, f := range program.checkPackage(t, &program.packages[i]).findings() {
			place := name + "/" + filepath.Base(f.at.Filename) + " " + f.sign.name
			if slices.Contains(copies, place) {
				found[place] = true
				continue
			}
			t.Errorf("%s: %s decides outside the core; %s", f.at, f.sign.name, f.sign.ask)
		}
	}
	for _, place := range copies {
		if !found[place] {
			t.Errorf("%s is gone: take it from the list", place)
		}
	}
}

// copies are the places that still decide beside the core, by file and sign. None may be added.
var copies = []string{}

// TestWhoDecidesFinds puts each kind of decision back outside the core: each must be found where its comment says.
func TestWhoDecidesFinds(t *testing.T) {
	program := loadProgram(t)
	tries, err := filepath.Glob("testdata/decides/*.go")
	if err != nil || len(tries) == 0 {
		t.Fatal("no tries", err)
	}
	seen := map[string]bool{}
	for _, path := range tries {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want := wanted(t, path)
			var got []string
			for _, f := range program.check(t, "proxy", path).findings() {
				got = append(got, fmt.Sprintf("%d %s", f.at.Line, f.sign.name))
				seen[f.sign.name] = true
			}
			if !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
	for _, s := range signs {
		if !seen[s.name] {
			t.Errorf("no try shows %s", s.name)
		}
	}
}

var wantComment = regexp.MustCompile(`// want (\w+)$`)

// wanted reads "line sign" from the comments of a try.
func wanted(t *testing.T, path string) (want []string) {
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(src), "\n") {
		if m := wantComment.FindStringSubmatch(line); m != nil {
			want = append(want, fmt.Sprintf("%d %s", i+1, m[1]))
		}
	}
	return want
}

type finding struct {
	sign *sign
	at   token.Position
}

// findings lists the signs in a package, in the order of its files; of one sign on one line the first.
func (p *typed) findings() (out []finding) {
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				return false
			}
			for i := range signs {
				s := &signs[i]
				if _, may := s.may[p.name]; may || !s.of(p, n) {
					continue
				}
				at := p.fset.Position(n.Pos())
				if !slices.ContainsFunc(out, func(o finding) bool {
					return o.sign == s && o.at.Line == at.Line &&
						o.at.Filename == at.Filename
				}) {
					out = append(out, finding{s, at})
				}
			}
			return true
		})
	}
	return out
}

// fieldOf returns the name of the field that an expression selects of a struct of the module, "" when it selects none
// of these.
func (p *typed) fieldOf(e ast.Expr, in string, structs ...string) string {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	s := p.info.Selections[sel]
	if s == nil || s.Kind() != types.FieldVal || !p.isOf(s.Recv(), in, structs...) {
		return ""
	}
	return sel.Sel.Name
}

// isOf reports whether a type, or what it points to, is one of the named types of a package of the module.
func (p *typed) isOf(t types.Type, in string, names ...string) bool {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != module+in {
		return false
	}
	return slices.Contains(names, named.Obj().Name())
}

// calls reports whether a node calls a function or method of that package, ours or not.
func (p *typed) calls(n ast.Node, path string, names ...string) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	obj := p.info.Uses[sel.Sel]
	return obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == path && slices.Contains(names, obj.Name())
}

// operands returns both sides of a comparison, nil when the node is none.
func operands(n ast.Node) []ast.Expr {
	b, ok := n.(*ast.BinaryExpr)
	if !ok {
		return nil
	}
	switch b.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return []ast.Expr{b.X, b.Y}
	}
	return nil
}

// constant returns the value of a constant expression, nil for any other.
func (p *typed) constant(e ast.Expr) constant.Value { return p.info.Types[e].Value }

// stateTypes hold what a process knows of clusters, members and requests. Their fields are exported for those who read
// them, so that nobody writes one is for this test to hold.
var stateTypes = []string{"ClusterState", "MemberState", "RequestState"}

// writesState finds an assignment to a field of a state, ++ and --, the address of a field, through which it could be
// written elsewhere, and a member of a cluster that is replaced whole.
func writesState(p *typed, n ast.Node) bool {
	var targets []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		targets = n.Lhs
	case *ast.IncDecStmt:
		targets = []ast.Expr{n.X}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return p.fieldOf(n.X, failoverRoom, stateTypes...) != ""
		}
	}
	return slices.ContainsFunc(targets, func(e ast.Expr) bool {
		if p.fieldOf(e, failoverRoom, stateTypes...) != "" {
			return true
		}
		index, ok := ast.Unparen(e).(*ast.IndexExpr)
		return ok && p.isOf(p.info.TypeOf(index), failoverRoom, "MemberState") &&
			p.fieldOf(index.X, failoverRoom, "ClusterState") != ""
	})
}

// comparesAlias finds any comparison with a part of an alias, as the parser divides it.
func comparesAlias(p *typed, n ast.Node) bool {
	return slices.ContainsFunc(operands(n), func(e ast.Expr) bool { return p.fieldOf(e, "parser", "Alias") != "" })
}

// readsCloneIDs finds who asks the core for the clone IDs of a request: to compare them with those of members comes
// next.
func readsCloneIDs(p *typed, n ast.Node) bool {
	return p.calls(n, module+affinityRoom, "CloneIDs", "Session")
}

// asksUsable finds conditions on what makes a member usable. To add up or to show such a field is no question.
func asksUsable(p *typed, n ast.Node) bool {
	asks := func(e ast.Expr) bool {
		return slices.Contains([]string{"MarkedDown", "Probing", "FailedAt", "Pending", "Weight"},
			p.fieldOf(e, failoverRoom, "MemberState"))
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return n.Op != token.ADD && n.Op != token.SUB && (asks(n.X) || asks(n.Y))
	case *ast.UnaryExpr:
		return n.Op == token.NOT && asks(n.X)
	case *ast.IfStmt:
		return asks(n.Cond)
	}
	return false
}

// asksRole finds the two questions that make up a role: whether a cluster has a list, and whether a weight is 0.
func asksRole(p *typed, n ast.Node) bool {
	sides := operands(n)
	if sides == nil {
		return false
	}
	for i, e := range sides {
		other := sides[1-i]
		if name := p.fieldOf(e, "parser", "ServerCluster"); (name == "Primary" || name == "Backup") &&
			p.info.Types[other].IsNil() {
			return true
		}
		if v, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && v.Sel.Name == "V" &&
			p.fieldOf(v.X, "parser", "Server") == "LoadBalanceWeight" {
			if c := p.constant(other); c != nil && c.ExactString() == "0" {
				return true
			}
		}
	}
	return false
}

// comparesChoice finds a value of an open choice that is compared with a constant, or asked for by Is: what follows
// from a value is the core's. To show a value, or compare two, is no decision.
func comparesChoice(p *typed, n ast.Node) bool {
	value := func(e ast.Expr) bool {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok || !p.calls(call, module+choicesRoom, "Value", "Consult") {
			return false
		}
		s := p.info.Selections[call.Fun.(*ast.SelectorExpr)]
		return s != nil && p.isOf(s.Recv(), choicesRoom, "Assumptions")
	}
	if call, ok := n.(*ast.CallExpr); ok && p.calls(call, module+choicesRoom, "Is") {
		return true
	}
	if sw, ok := n.(*ast.SwitchStmt); ok && sw.Tag != nil {
		return value(sw.Tag)
	}
	sides := operands(n)
	return sides != nil && (value(sides[0]) && p.constant(sides[1]) != nil || value(sides[1]) &&
		p.constant(sides[0]) != nil)
}

// resolvesNames finds an entry that is put into a map from names to definitions: which of two of one name stays there
// would be decided by the order of the code.
func resolvesNames(p *typed, n ast.Node) bool {
	assign, ok := n.(*ast.AssignStmt)
	if !ok {
		return false
	}
	return slices.ContainsFunc(assign.Lhs, func(e ast.Expr) bool {
		index, ok := ast.Unparen(e).(*ast.IndexExpr)
		if !ok {
			return false
		}
		m, ok := p.info.TypeOf(index.X).Underlying().(*types.Map)
		if !ok {
			return false
		}
		basic, ok := m.Key().Underlying().(*types.Basic)
		return ok && basic.Kind() == types.String && p.isOf(m.Elem(), "parser", "ServerCluster", "VirtualHostGroup",
			"UriGroup")
	})
}

// readsURL finds the library's reader of URLs, which cleans up what a plug-in does not, and functions whose names tell
// that they divide a host and a port.
func readsURL(p *typed, n ast.Node) bool {
	if f, ok := n.(*ast.FuncDecl); ok {
		return slices.Contains([]string{"splitHost", "splitPort", "splitHostPort"}, f.Name.Name)
	}
	return p.calls(n, "net/url", "Parse", "ParseRequestURI")
}

// readsEscapes finds the byte by which a path is searched for its escapes. A text "%" goes by.
func readsEscapes(p *typed, n ast.Node) bool {
	lit, ok := n.(*ast.BasicLit)
	return ok && lit.Kind == token.CHAR && lit.Value == "'%'"
}

// comparesBusy finds a comparison with 503, the status of an answer that may be held back (R53).
func comparesBusy(p *typed, n ast.Node) bool {
	busy := func(e ast.Expr) bool {
		c := p.constant(e)
		return c != nil && c.Kind() == constant.Int && c.ExactString() == "503"
	}
	if clause, ok := n.(*ast.CaseClause); ok {
		return slices.ContainsFunc(clause.List, busy)
	}
	return slices.ContainsFunc(operands(n), busy)
}

// agesStream finds the comparison of a time with the limit of an idle stream, by its name: anything called ttl.
func agesStream(p *typed, n ast.Node) bool {
	return slices.ContainsFunc(operands(n), func(e ast.Expr) bool {
		name := ""
		switch e := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			name = e.Sel.Name
		case *ast.Ident:
			name = e.Name
		}
		return strings.EqualFold(name, "ttl") && p.isOf(p.info.TypeOf(e), matchRoom, "Nanos")
	})
}

// comparesRule finds a program that follows a step by the name of its rule, or by its sentence.
func comparesRule(p *typed, n ast.Node) bool {
	read := func(e ast.Expr) bool {
		return p.fieldOf(e, failoverRoom, "Step") == "Rule" ||
			slices.Contains([]string{"Rule", "Text"}, p.fieldOf(e, "routecheck/explain", "StepNote"))
	}
	if sw, ok := n.(*ast.SwitchStmt); ok && sw.Tag != nil {
		return read(sw.Tag)
	}
	return slices.ContainsFunc(operands(n), read)
}
