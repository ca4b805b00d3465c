package parser_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser"
)

// TestTable checks that the table agrees with itself: whoever adds a row with a slip of the pen learns it here.
func TestTable(t *testing.T) {
	marks := []string{"documented", "observed", "traced", "inferred", "recalled", "unknown"}
	types := []parser.Type{parser.Boolean, parser.Int, parser.Enum, parser.String, parser.Path, parser.Host,
		parser.Port, parser.HostPort, parser.Ref}
	for _, a := range parser.Attributes() {
		at := a.Element + "/" + a.Name
		if a.Doc.Meaning == "" || !slices.Contains(marks, a.Doc.Mark()) || a.Doc.Source == "" {
			t.Errorf("%s: meaning %q, evidence %q, source %q", at, a.Doc.Meaning, a.Doc.Evidence, a.Doc.Source)
		}
		if !slices.Contains(types, a.Type) && !a.Ignored || (a.Type == parser.Enum) != (len(a.Values) > 0) {
			t.Errorf("%s: type %q, values %v", at, a.Type, a.Values)
		}
		for _, v := range []string{a.Default, a.WAS, a.Liberty} {
			if v != "" && a.Check(v) != parser.Good {
				t.Errorf("%s: %q is no value of it", at, v)
			}
		}
		if len(a.Range) > 0 && a.Type != parser.Int && a.Type != parser.Port {
			t.Errorf("%s: a range for type %s", at, a.Type)
		}
	}
	for _, e := range parser.ElementTypes() {
		if e.Doc.Meaning == "" && e.Name != "Property" || !slices.Contains(marks, e.Doc.Mark()) {
			t.Errorf("%s: meaning %q, evidence %q", e.Name, e.Doc.Meaning, e.Doc.Evidence)
		}
	}
}

func TestTypeOf(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte(strings.Replace(small, "<Log ",
		"<Uri Name='/x'/><Unknown><Server/></Unknown><Log ", 1)))
	c := cfg.Clusters[0]
	tests := []struct {
		n    *parser.Node
		want string // its attributes, "none" without a type
	}{
		{c.Primary.Servers[0].Node, "Name"},
		{cfg.Properties[0].Node, "Name Value"},
		{c.Servers[0].Transports[0].Properties[0].Node, "Name Value"},
		{cfg.IntelligentManagement.Children[0], "name value"},
		{cfg.VirtualHostGroups[0].Aliases[0].Node, "Name"},
		{cfg.Node.Elements("Uri")[0], "none"},
		{cfg.Node.Elements("Unknown")[0], "none"},
		{cfg.Node.Elements("Unknown")[0].Children[0], "none"},
		{nil, "none"},
	}
	for _, test := range tests {
		got := "none"
		if typ := parser.TypeOf(test.n); typ != nil {
			var names []string
			for _, a := range typ.Attributes {
				names = append(names, a.Name)
			}
			got = strings.Join(names, " ")
		}
		if got != test.want {
			t.Errorf("%+v: %s, want %s", test.n, got, test.want)
		}
	}
	if fragment, _ := parser.Parse(1, []byte("<Uri Name='/x'/>")); parser.AttributeOf(fragment.Doc.Nodes[0],
		"Name") == nil {
		t.Error("no type at the top level of a fragment")
	}
	if a := parser.AttributeOf(c.Servers[0].Node, "CloneID"); a == nil || a.Doc.Once() != true || a.Required() {
		t.Errorf("CloneID: %+v", a)
	}
	if parser.AttributeOf(cfg.Clusters[1].Node, "LoadBalance") == nil ||
		parser.AttributeOf(c.Servers[0].Node, "CloneId") != nil {
		t.Error("attributes of a V4 cluster, or without letter case")
	}
	// its default changes with the level
	if p := parser.TypeOf(cfg.Node).Property("esienable"); p == nil || p.Name != "ESIEnable" || p.Default != "" {
		t.Errorf("ESIEnable: %+v", p)
	}
	if named := parser.AttributesNamed("cloneid"); len(named) != 1 || named[0].Element != "Server" {
		t.Errorf("cloneid: %v", named)
	}
	if a := parser.AttributesNamed("ServerCluster")[0]; a.Target() != "ServerCluster" || a.Required() {
		t.Errorf("Route/@ServerCluster: %+v", a)
	}
	if len(parser.ElementsNamed("server")) != 2 || len(parser.ElementsNamed("none")) != 0 {
		t.Error("elements by name")
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		element, attribute, value string
		want                      parser.Verdict
		near                      string
	}{
		{"Config", "ASDisableNagle", "true", parser.Good, "true"},
		{"Config", "ASDisableNagle", "True", parser.Unreadable, "true"},
		{"Config", "ASDisableNagle", "yes", parser.Unreadable, ""},
		{"Config", "AppServerPortPreference", "hostheader", parser.Good, "HostHeader"},
		{"ServerCluster", "LoadBalance", "Round-Robin", parser.Unreadable, "Round Robin"},
		{"ServerCluster", "LoadBalance", "LeastLoaded", parser.Unreadable, ""},
		{"Transport", "Protocol", "HTTPS", parser.Unreadable, "https"},
		{"Transport", "Port", "0", parser.OutOfRange, ""},
		{"Transport", "Port", "65535", parser.Good, ""},
		{"Transport", "Port", "80a", parser.Unreadable, ""},
		{"Transport", "Port", "0x50", parser.Unreadable, ""},
		{"Transport", "Port", " 80", parser.Unreadable, ""},
		{"Config", "ResponseChunkSize", "0", parser.OutOfRange, ""},
		{"ServerCluster", "PostSizeLimit", "0", parser.Undocumented, ""},
		{"ServerCluster", "PostSizeLimit", "-1", parser.Good, ""},
		{"Server", "MaxConnections", "-2", parser.Undocumented, ""},
		{"Server", "ServerIOTimeout", "-900", parser.Good, ""},
		{"VirtualHost", "Name", "*.example.com", parser.Unreadable, ""},
		{"Server", "CloneID", "anything", parser.Good, ""},
	}
	for _, test := range tests {
		a := parser.ElementsNamed(test.element)[0].Attribute(test.attribute)
		near, _ := a.Near(test.value)
		if got := a.Check(test.value); got != test.want || near != test.near {
			t.Errorf("%s/%s=%q: %v, near %q, want %v, %q", test.element, test.attribute, test.value, got, near,
				test.want, test.near)
		}
	}
}
