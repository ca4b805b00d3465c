package envoy

import (
	"fmt"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	bootstrap "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	luafilter "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/lua/v3"
	manager "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	lua "github.com/yuin/gopher-lua"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"
)

// proxy does what Envoy does with a request up to the choice of its cluster.
type proxy struct{ plain, tls *door }

// door is a listener: its programs in order, and its routes.
type door struct {
	state  *lua.LState
	chain  []filter
	routes []*route.Route
	match  []*regexp.Regexp // nil: a route that takes all
}

type filter struct {
	name    string
	program *lua.LFunction // envoy_on_request
}

func newProxy(t *testing.T, b *bootstrap.Bootstrap) *proxy {
	var doors []*door
	for _, l := range b.GetStaticResources().GetListeners() {
		var m manager.HttpConnectionManager
		if err := l.GetFilterChains()[0].GetFilters()[0].GetTypedConfig().UnmarshalTo(&m); err != nil {
			t.Fatal(err)
		}
		doors = append(doors, newDoor(t, &m))
	}
	return &proxy{doors[0], doors[1]}
}

func newDoor(t *testing.T, m *manager.HttpConnectionManager) *door {
	d := &door{state: lua.NewState()}
	t.Cleanup(d.state.Close)
	d.state.SetGlobal("pairs", d.state.NewFunction(pairs))
	for _, f := range m.GetHttpFilters() {
		var program luafilter.Lua
		if f.GetTypedConfig().UnmarshalTo(&program) != nil {
			continue // the router
		}
		if err := d.state.DoString(program.GetDefaultSourceCode().GetInlineString()); err != nil {
			t.Fatal(err)
		}
		d.chain = append(d.chain, filter{f.GetName(), d.state.GetGlobal("envoy_on_request").(*lua.LFunction)})
	}
	d.routes = m.GetRouteConfig().GetVirtualHosts()[0].GetRoutes()
	for _, r := range d.routes {
		var re *regexp.Regexp
		if h := r.GetMatch().GetHeaders(); len(h) > 0 {
			// Envoy's expressions are RE2's, as Go's are, and match the whole value.
			re = regexp.MustCompile("^(?:" + h[0].GetStringMatch().GetSafeRegex().GetRegex() + ")$")
		}
		d.match = append(d.match, re)
	}
	return d
}

// pairs is Lua's, for tables and for headers.
func pairs(s *lua.LState) int {
	table, ok := s.Get(1).(*lua.LTable)
	if headers, is := table.RawGetString("fields").(*lua.LTable); ok && is {
		table = headers
	}
	s.Push(s.GetGlobal("next"))
	s.Push(table)
	s.Push(lua.LNil)
	return 3
}

// route is the one that takes a request.
func (d *door) route(h *lua.LTable) *route.Route {
	for i, r := range d.routes {
		if d.match[i] == nil || d.match[i].MatchString(lua.LVAsString(h.RawGetString("x-wasplug-place"))) {
			return r
		}
	}
	return nil
}

// send returns the cluster that a request goes to, "" where none does.
func (d *door) send(t *testing.T, authority, path string, headers map[string]string) string {
	fields := d.state.NewTable()
	fields.RawSetString(":authority", lua.LString(authority))
	fields.RawSetString(":path", lua.LString(path))
	for name, value := range headers {
		fields.RawSetString(strings.ToLower(name), lua.LString(value))
	}
	for _, f := range d.chain {
		if err := d.state.CallByParam(lua.P{Fn: f.program}, d.handle(fields, f.name)); err != nil {
			t.Fatal(err)
		}
	}
	fields.ForEach(func(name, _ lua.LValue) {
		if strings.HasPrefix(lua.LVAsString(name), "$ws") && name.String() != "$wssn" && name.String() != "$wssp" {
			t.Errorf("%s of a client is left", name)
		}
	})
	if d.route(fields).GetRoute() == nil {
		return ""
	}
	return lua.LVAsString(fields.RawGetString(d.route(fields).GetRoute().GetClusterHeader()))
}

// handle is what a program gets.
func (d *door) handle(fields *lua.LTable, filterName string) *lua.LTable {
	s := d.state
	object := func(methods map[string]lua.LGFunction) *lua.LTable { return s.SetFuncs(s.NewTable(), methods) }
	headers := object(map[string]lua.LGFunction{
		"get":     func(s *lua.LState) int { s.Push(fields.RawGetString(s.CheckString(2))); return 1 },
		"replace": func(s *lua.LState) int { fields.RawSetString(s.CheckString(2), s.Get(3)); return 0 },
		"remove":  func(s *lua.LState) int { fields.RawSetString(s.CheckString(2), lua.LNil); return 0 },
	})
	headers.RawSetString("fields", fields)
	metadata := object(map[string]lua.LGFunction{"get": func(s *lua.LState) int {
		all := d.route(fields).GetMetadata().GetFilterMetadata()[filterName]
		s.Push(value(s, all.GetFields()[s.CheckString(2)]))
		return 1
	}})
	return object(map[string]lua.LGFunction{
		"headers":         func(s *lua.LState) int { s.Push(headers); return 1 },
		"metadata":        func(s *lua.LState) int { s.Push(metadata); return 1 },
		"clearRouteCache": func(*lua.LState) int { return 0 },
	})
}

// value is metadata as Lua has them.
func value(s *lua.LState, v *structpb.Value) lua.LValue {
	switch {
	case v == nil:
		return lua.LNil
	case v.GetStructValue() == nil:
		return lua.LString(v.GetStringValue())
	}
	table := s.NewTable()
	for key, inner := range v.GetStructValue().GetFields() {
		table.RawSetString(key, value(s, inner))
	}
	return table
}

// asked is a suite of 'wasplug test --init', as far as it has one.
type asked struct {
	Tests []struct {
		Facts    []any // what befell members: no state is played here
		Requests []struct {
			URL     string
			Cookies map[string]string
			Expect  struct{ Cluster, Member string }
		}
	}
}

// suite asks what a suite of a file asks, and returns how many requests that is.
func (p *proxy) suite(t *testing.T, wasplug, file string) (n int) {
	text, err := exec.Command(wasplug, "test", "--init", "--platform", "iis", "-c", file).Output()
	if err != nil {
		t.Logf("no request can be asked: %v", err) // it has no Route
		return 0
	}
	var s asked
	if err := yaml.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	for _, test := range s.Tests {
		if len(test.Facts) > 0 {
			continue
		}
		for _, rq := range test.Requests {
			u, err := url.Parse(rq.URL)
			if err != nil {
				continue
			}
			headers := map[string]string{"$wsra": "6.6.6.6", "$wsxy": "6.6.6.6", "x-wasplug-member": "mine"}
			for name, v := range rq.Cookies {
				headers["cookie"] = "x=1; " + name + "=" + v
			}
			d := p.plain
			if u.Scheme == "https" {
				d = p.tls
			}
			_, path, _ := strings.Cut(rq.URL, u.Host)
			got := d.send(t, u.Host, path, headers)
			n++
			if want := rq.Expect.Cluster; want != "" && !called(want).MatchString(got) {
				t.Errorf("%s goes to %q, want cluster %s", rq.URL, got, want)
			}
			if want := rq.Expect.Member; want != "" && !strings.HasSuffix(got, "."+ident(want)) {
				t.Errorf("%s %v goes to %q, want member %s", rq.URL, rq.Cookies, got, want)
			}
		}
	}
	return n
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9_-]`)

// ident is how a name is written.
func ident(name string) string {
	name = unsafe.ReplaceAllString(name, "_")
	return name[:min(len(name), 40)]
}

// called are the clusters of Envoy that stand for one of a file.
func called(cluster string) *regexp.Regexp {
	return regexp.MustCompile(fmt.Sprintf(`^%s(_\d+)?(\.|$)`, regexp.QuoteMeta(ident(cluster))))
}
