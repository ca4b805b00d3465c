package arch

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// TestExported holds that what is exported serves another package of ours, a test counting as one. A method may also
// be exported because an interface asks for it.
func TestExported(t *testing.T) {
	program := loadProgram(t)
	used, asked := program.usedOutside(t), program.interfaces(t)
	for i := range program.packages {
		if _, ours := program.packages[i].ours(); !ours {
			continue
		}
		for _, e := range program.checkPackage(t, &program.packages[i]).unused(used, asked) {
			t.Errorf("%s: nobody outside uses %s: do not export it", program.fset.Position(e.Pos()), e.name)
		}
	}
}

// TestExportedFinds: names that are exported for nobody are found, and no others.
func TestExportedFinds(t *testing.T) {
	const try = "testdata/exported/names.go"
	program := loadProgram(t)
	var got []string
	tried := program.check(t, "try", try)
	found := tried.unused(usage{"try.Used": true, "try.Colour": true, "try.Colour values": true},
		program.interfaces(t))
	slices.SortFunc(found, func(a, b export) int { return int(a.Pos() - b.Pos()) })
	for _, e := range found {
		got = append(got, fmt.Sprintf("%d unused", program.fset.Position(e.Pos()).Line))
	}
	if want := wanted(t, try); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// An export is a name that a package offers: of its scope, or of a method of an exported type.
type export struct {
	types.Object
	name string
}

// unused lists what a package exports for nobody: names of its scope, and methods of its exported types.
func (p *typed) unused(used usage, asked interfaces) (out []export) {
	for _, name := range p.types.Scope().Names() {
		if obj := p.types.Scope().Lookup(name); obj.Exported() {
			out = append(out, export{obj, nameOf(obj)})
			out = append(out, methods(obj, asked)...)
		}
	}
	return slices.DeleteFunc(out, func(e export) bool {
		group := enumeration(e.Object)
		return used[e.name] || group != "" && used[group]
	})
}

// methods lists the exported methods of a type for which no interface asks.
func methods(obj types.Object, asked interfaces) (out []export) {
	named, ok := obj.Type().(*types.Named)
	if _, isType := obj.(*types.TypeName); !ok || !isType || types.IsInterface(named) {
		return nil
	}
	for m := range named.Methods() {
		isAsked := slices.ContainsFunc(asked[m.Name()], func(i *types.Interface) bool { return satisfies(named, i) })
		if m.Exported() && !isAsked {
			out = append(out, export{m, nameOf(m)})
		}
	}
	return out
}

// satisfies reports whether a type has what an interface asks for. It compares names and the text of signatures, as
// the types of one package are other objects in the view of each importer. It asks for no more than the names say: a
// method that fits an interface of any package counts as asked for, though nobody may use it so.
func satisfies(of *types.Named, i *types.Interface) bool {
	for want := range i.Methods() {
		have, _, _ := types.LookupFieldOrMethod(types.NewPointer(of), false, want.Pkg(), want.Name())
		if have == nil || !sameText(want.Type(), have.Type()) {
			return false
		}
	}
	return true
}

// sameText compares two signatures without the names of what they take and return.
func sameText(a, b types.Type) bool {
	x, isFunc := a.(*types.Signature)
	y, isFuncToo := b.(*types.Signature)
	return isFunc && isFuncToo && tuple(x.Params()) == tuple(y.Params()) && tuple(x.Results()) == tuple(y.Results())
}

// tuple is the text of what a function takes or returns, without names.
func tuple(t *types.Tuple) string {
	var b strings.Builder
	for v := range t.Variables() {
		b.WriteString(types.TypeString(v.Type(), nil) + ",")
	}
	return b.String()
}

// interfaces are those that a type of the module may have to satisfy, by the names of their methods.
type interfaces map[string][]*types.Interface

func (x interfaces) add(typ types.Type) {
	i, ok := typ.Underlying().(*types.Interface)
	if !ok {
		return
	}
	for m := range i.Methods() {
		if !slices.Contains(x[m.Name()], i) {
			x[m.Name()] = append(x[m.Name()], i)
		}
	}
}

// interfaces lists those of the module, the unnamed ones included, and those of all that it imports.
func (p *program) interfaces(t *testing.T) interfaces {
	out := interfaces{}
	for i := range p.packages {
		l := &p.packages[i]
		if _, ours := l.ours(); ours {
			for _, typ := range p.checkPackage(t, l).info.Types {
				if typ.IsType() {
					out.add(typ.Type)
				}
			}
			continue
		}
		pkg, err := p.importer.Import(l.ImportPath)
		if err != nil {
			continue // unsafe, and those of the compiler alone
		}
		for _, name := range pkg.Scope().Names() {
			if obj, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok {
				out.add(obj.Type())
			}
		}
	}
	for _, i := range errorsAskFor {
		out.add(i)
	}
	return out
}

// errorsAskFor is what an error may offer: package errors looks for it by interfaces without a name.
var errorsAskFor = []*types.Interface{
	asks("Error", nil, types.Typ[types.String]),
	asks("Is", []types.Type{types.Universe.Lookup("error").Type()}, types.Typ[types.Bool]),
	asks("As", []types.Type{types.NewInterfaceType(nil, nil)}, types.Typ[types.Bool]),
	asks("Unwrap", nil, types.Universe.Lookup("error").Type()),
	asks("Unwrap", nil, types.NewSlice(types.Universe.Lookup("error").Type())),
}

// asks makes an interface of one method.
func asks(method string, takes []types.Type, returns types.Type) *types.Interface {
	tuple := func(list ...types.Type) *types.Tuple {
		var vars []*types.Var
		for _, typ := range list {
			vars = append(vars, types.NewParam(0, nil, "", typ))
		}
		return types.NewTuple(vars...)
	}
	signature := types.NewSignatureType(nil, nil, nil, tuple(takes...), tuple(returns), false)
	return types.NewInterfaceType([]*types.Func{types.NewFunc(0, nil, method, signature)}, nil).Complete()
}

// nameOf names an object of the module: "parser/diag.Span", "parser/diag.Span.Pos"; others "".
func nameOf(obj types.Object) string {
	if obj.Pkg() == nil {
		return ""
	}
	pkg, ours := strings.CutPrefix(obj.Pkg().Path(), module)
	if !ours {
		return ""
	}
	if f, ok := obj.(*types.Func); ok {
		if recv := f.Signature().Recv(); recv != nil {
			typ := recv.Type()
			if ptr, ok := typ.(*types.Pointer); ok {
				typ = ptr.Elem()
			}
			if named, ok := typ.(*types.Named); ok {
				return pkg + "." + named.Obj().Name() + "." + f.Name()
			}
			return ""
		}
	}
	return pkg + "." + obj.Name()
}

// usage collects the names of the module that are used from outside their packages, and the types which what is used
// takes, returns or holds: a caller meets these, too.
type usage map[string]bool

func (p *program) usedOutside(t *testing.T) usage {
	used := usage{}
	for i := range p.packages {
		l := &p.packages[i]
		name, ours := l.ours()
		if !ours {
			continue
		}
		used.of(p.check(t, name, l.paths(l.GoFiles, l.TestGoFiles)...))
		if len(l.XTestGoFiles) > 0 {
			used.of(p.check(t, name+"_test", l.paths(l.XTestGoFiles)...))
		}
	}
	return used
}

func (u usage) of(p *typed) {
	for _, obj := range p.info.Uses {
		if obj.Pkg() != nil && obj.Pkg().Path() != module+p.name {
			u.mark(obj)
		}
	}
}

// enumeration names the values of an exported type of the same package, of which a constant is one; "" for any other
// object. The values of an enumeration are exported together, or not at all.
func enumeration(obj types.Object) string {
	named, ok := obj.Type().(*types.Named)
	if _, isConst := obj.(*types.Const); !ok || !isConst || named.Obj().Pkg() != obj.Pkg() {
		return ""
	}
	return nameOf(named.Obj()) + " values"
}

// mark notes an object that is used, and the types that come with it. A field is not counted by itself, for a struct
// is exported whole or not at all, but its type is met.
func (u usage) mark(obj types.Object) {
	if f, ok := obj.(*types.Func); ok {
		obj = f.Origin()
	}
	name := nameOf(obj)
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		name = ""
	} else if name == "" || u[name] {
		return
	}
	if name != "" {
		u[name] = true
		u[enumeration(obj)] = true
	}
	if _, isType := obj.(*types.TypeName); isType {
		u.meet(obj.Type().Underlying())
		return
	}
	u.meet(obj.Type())
}

// meet marks the named types that a type is made of.
func (u usage) meet(typ types.Type) {
	switch typ := types.Unalias(typ).(type) {
	case *types.Named:
		u.mark(typ.Obj())
		for arg := range typ.TypeArgs().Types() {
			u.meet(arg)
		}
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels, and the values of maps
		if m, ok := typ.(*types.Map); ok {
			u.meet(m.Key())
		}
		u.meet(typ.Elem())
	case *types.Signature:
		for v := range typ.Params().Variables() {
			u.meet(v.Type())
		}
		for v := range typ.Results().Variables() {
			u.meet(v.Type())
		}
	case *types.Struct:
		for f := range typ.Fields() {
			if f.Exported() {
				u.meet(f.Type())
			}
		}
	}
}
