package editor

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
)

// shop is a topology, and trip a suite over it.
const (
	shop = `flavor: liberty
virtualHosts:
  hosts: {aliases: ["*:80"]}
clusters:
  C:
    members:
      - {name: m1, host: a.example.com, http: 9080, cloneId: one}
      - {name: m2, host: b.example.com, http: 9080, cloneId: two}
  D:
    members:
      - {name: m1, host: c.example.com, http: 9080, cloneId: three}
applications:
  - {name: shop, cluster: C, virtualHost: hosts, contextRoot: /shop}
  - {name: other, cluster: D, virtualHost: hosts, contextRoot: /other}
`
	trip = `config: shop.yaml
tests:
  - name: a request
    facts:
      - {member: C/m1, down: refused}
    requests:
      - url: http://h/shop/x
        expect: {cluster: C, member: m2}
`
)

// TestYAMLComplete: what is offered in a text that is no YAML yet, by what its lines can be read as.
func TestYAMLComplete(t *testing.T) {
	t.Parallel()
	files := map[string]string{"shop.yaml": shop}
	for _, c := range []struct{ name, file, text, want string }{
		{"keys at the top", "shop.yaml", "clus‸", "clusters"},
		{"keys that are not there", "shop.yaml", "flavor: was\nfla‸", ""},
		{"values", "shop.yaml", "flavor: ‸", "was liberty plain"},
		{"values within quotes", "shop.yaml", `flavor: "li‸`, "liberty"},
		{"names that are defined", "shop.yaml", in(t, shop, "cluster: D", "cluster: ‸"), "C D"},
		{"names of an open map", "shop.yaml", shop + "  - {name: x, cluster: ‸", "C D"},
		{"names of an open list", "shop.yaml", in(t, shop, "  D:\n", "    primaryServers: [m1, ‸\n  D:\n"), "m1 m2"},
		{"a list as deep as its key, behind a fault", "shop.yaml",
			"bad: [\napplications:\n- {name: x}\n- {name: y, clu‸",
			"cluster"},
		{"nothing within a comment", "shop.yaml", "# fla‸", ""},
		{"members of a suite's configuration", "suite.yaml", in(t, trip, "member: C/m1", "member: ‸"), "C/m1 m2 D/m1"},
		{"a cluster of it", "suite.yaml", in(t, trip, "cluster: C", "cluster: ‸"), "C D"},
		{"a suite of no configuration", "suite.yaml", in(t, in(t, trip, "config: shop.yaml\n", ""), "cluster: C",
			"cluster: ‸"), ""},
		{"a suite of one that cannot be read", "suite.yaml", in(t, in(t, trip, "shop.yaml", "absent.yaml"),
			"cluster: C", "cluster: ‸"), ""},
	} {
		y, place := openYAMLAt(t, c.file, c.text, files)
		if got := labels(y.Complete(place)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestYAMLHover: a name is told of by what defines it, however much that has.
func TestYAMLHover(t *testing.T) {
	t.Parallel()
	var members strings.Builder
	for i := range mostListed + 2 {
		fmt.Fprintf(&members, "      - {name: m%d, host: h}\n", i)
	}
	many := "clusters:\n  C:\n    members:\n" + members.String() + "applications:\n  - {name: a, cluster: ‸C}\n"
	y, place := openYAMLAt(t, "many.yaml", many, nil)
	if text, _ := y.Hover(place); !strings.Contains(text, "m7 and 2 more") {
		t.Errorf("%q", text)
	}
	y, place = openYAMLAt(t, "shop.yaml", in(t, shop, "cluster: D", "cluster: ‸D"), nil)
	if text, _ := y.Hover(place); !strings.Contains(text, "cluster D, members: m1 (line 9)") {
		t.Errorf("%q", text)
	}
	y, place = openYAMLAt(t, "shop.yaml", "nonsense: ‸x\n", nil)
	if text, at := y.Hover(place); text != "" {
		t.Errorf("an unknown key: %q at %v", text, at)
	}
}

// TestYAMLRename: what is written at each place for a new name, in the configuration of a suite, too.
func TestYAMLRename(t *testing.T) {
	t.Parallel()
	xml := `<Config><ServerCluster Name="C"><Server Name="m1"/><Server Name="m2"/></ServerCluster></Config>`
	files := map[string]string{"shop.yaml": shop, "shop.xml": xml}
	for _, c := range []struct{ name, file, text, to, want, config string }{
		{"a cluster", "shop.yaml", in(t, shop, "cluster: D", "cluster: ‸D"), "E",
			strings.Replace(strings.Replace(shop, "  D:", "  E:", 1), "cluster: D", "cluster: E", 1), ""},
		{"a text that needs quotes", "shop.yaml", in(t, shop, "name: other", "name: oth‸er"), "a: b",
			strings.Replace(shop, "name: other", `name: "a: b"`, 1), ""},
		{"a member of a suite", "suite.yaml", in(t, trip, "member: m2", "member: m‸2"), "m9",
			strings.Replace(trip, "member: m2", "member: m9", 1), strings.Replace(shop, "name: m2", "name: m9", 1)},
		{"the cluster of a member", "suite.yaml", in(t, trip, "member: C/m1", "member: ‸C/m1"), "E",
			strings.Replace(strings.Replace(trip, "C/m1", "E/m1", 1), "cluster: C", "cluster: E", 1),
			strings.Replace(strings.Replace(shop, "  C:", "  E:", 1), "cluster: C", "cluster: E", 1)},
		{"a member of a plugin-cfg.xml", "suite.yaml",
			in(t, in(t, trip, "shop.yaml", "shop.xml"), "member: m2", "member: m‸2"), "m9",
			strings.NewReplacer("shop.yaml", "shop.xml", "member: m2", "member: m9").Replace(trip),
			strings.Replace(xml, `"m2"`, `"m9"`, 1)},
	} {
		y, place := openYAMLAt(t, c.file, c.text, files)
		edits, err := y.Rename(place, c.to)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var here, there []diag.Edit
		for _, e := range edits {
			if e.Span.File == y.file {
				here = append(here, e)
			} else {
				there = append(there, e)
			}
		}
		if got := applied(y.src, here); got != c.want {
			t.Errorf("%s:\n%s", c.name, got)
		}
		if c.config == "" {
			continue
		}
		if got := applied(y.files.Source(y.config.file), there); got != c.config {
			t.Errorf("%s, the configuration:\n%s", c.name, got)
		}
	}
}

// TestYAMLRenameRefused: a rename that would miss a name, or make one of two, says why there is none.
func TestYAMLRenameRefused(t *testing.T) {
	t.Parallel()
	files := map[string]string{"shop.yaml": shop}
	for _, c := range []struct{ name, file, text, to, want string }{
		{"a file with a fault", "shop.yaml", in(t, shop, "name: m1, host: a", "name: m‸1, host: a") + "x: [", "x",
			"cannot be read as a whole"},
		{"no name", "shop.yaml", in(t, shop, "http: 9080, cloneId: one", "http: 90‸80, cloneId: one"), "x",
			ErrNoName.Error()},
		{"a name of nothing", "shop.yaml", in(t, shop, "cluster: D", "cluster: N‸one"), "x",
			`no cluster is called "None"`},
		{"a name that is taken", "shop.yaml", in(t, shop, "cluster: D", "cluster: ‸D"), "C", "line 5"},
		{"which of two", "suite.yaml", in(t, trip, "member: m2", "member: m‸1"), "x",
			`"m1" may be member m1 of cluster C`},
		{"taken in the configuration", "suite.yaml", in(t, trip, "member: C/m1", "member: C/m‸1"), "m2", "line 8"},
		{"a host with defaults", "shop.yaml", strings.ReplaceAll(in(t, shop, "virtualHosts:\n  hosts",
			"virtualHosts:\n  h‸osts"), "virtualHost: hosts", "virtualHost: h"), "default_host", "rename it by hand"},
		{"no name at all", "shop.yaml", in(t, shop, "cluster: D", "cluster: ‸D"), " ", "is no name"},
	} {
		y, place := openYAMLAt(t, c.file, c.text, files)
		if _, err := y.Rename(place, c.to); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	y, place := openYAMLAt(t, "shop.yaml", "‸flavor: was\n", nil)
	if _, err := y.Renamable(place); !errors.Is(err, ErrNoName) {
		t.Errorf("%v", err)
	}
}

// TestAllow: where a topology takes a code to allow, and where it takes none.
func TestAllow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"behind what heads it", "version: 1\nflavor: was\nclusters: {}\n",
			"version: 1\nflavor: was\nallow: [WP303]\nclusters: {}\n"},
		{"in front of all else", "clusters: {}\r\n", "allow: [WP303]\r\nclusters: {}\r\n"},
		{"a list on a line", "allow: [WP1, 'WP2']\n", "allow: [WP1, 'WP2', WP303]\n"},
		{"a list of lines", "allow:\n  - WP1 # why\nclusters: {}\n",
			"allow:\n  - WP1 # why\n  - WP303\nclusters: {}\n"},
		{"the last line without an end", "allow:\n- WP1", "allow:\n- WP1\n- WP303"},
		{"what is allowed", "allow: [WP303]\n", ""},
		{"an empty list", "allow: []\n", ""},
		{"a map in braces", "{clusters: {}}\n", ""},
		{"a suite", "tests: []\n", ""},
		{"nothing", "", ""},
	} {
		y := OpenYAML("x.yaml", []byte(c.text), "", memory(t, nil))
		e, ok := y.Allow("WP303")
		if got := applied(y.src, []diag.Edit{e}); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s: %v %q", c.name, ok, got)
		}
	}
	y := OpenYAML("x.yaml", []byte("clusters: {}\n"), "", memory(t, nil))
	if _, ok := y.Allow(diag.XMLSyntax); ok {
		t.Error("what the plug-in would reject is allowed")
	}
}

// TestRepair: a misspelt word is changed to the nearest that is known there; a known one never is.
func TestRepair(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"a key", in(t, shop, "applications:", "‸aplications:"), "applications:"},
		{"a value", in(t, shop, "flavor: liberty", "flavor: ‸libertyy"), "flavor: liberty"},
		{"a name", in(t, shop, "virtualHost: hosts, contextRoot: /shop", "virtualHost: ‸host, contextRoot: /shop"),
			"virtualHost: hosts, contextRoot: /shop"},
		{"a known key", in(t, shop, "clusters:", "‸clusters:"), ""},
		{"a known name", in(t, shop, "cluster: D", "cluster: ‸D"), ""},
		{"nothing near", in(t, shop, "flavor: liberty", "flavor: ‸xxxxxxxxx"), ""},
		{"a map", in(t, shop, "hosts: {", "hosts: ‸{"), ""},
	} {
		y, place := openYAMLAt(t, "shop.yaml", c.text, nil)
		fix, ok := y.Repair(diag.Span{File: y.file, Start: place, End: place})
		if ok != (c.want != "") {
			t.Errorf("%s: %v %+v", c.name, ok, fix)
		} else if ok && !strings.Contains(applied(y.src, fix.Edits), c.want) {
			t.Errorf("%s:\n%s", c.name, applied(y.src, fix.Edits))
		}
	}
}

// TestSessions: a clone ID is found where a session of a suite stands, and renamed where that can be done in place.
func TestSessions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, request, want string }{
		{"a cookie", `cookies: {JSESSIONID: "0000abc:o‸ne:two"}`, `"0000abc:x:two"`},
		{"the other separator", `cookies: {JSESSIONID: "0000abc+o‸ne+a:b"}`, `"0000abc+x+a:b"`},
		{"a sign that is not the separator", `cookies: {JSESSIONID: "0000abc:one+t‸wo"}`, ""},
		{"a Cookie header", `headers: {Cookie: "a=b; JSESSIONID=0000abc:o‸ne; c=d"}`, `0000abc:x; c=d`},
		{"another header", `headers: {Via: "JSESSIONID=0000abc:o‸ne"}`, ""},
		{"escapes", `cookies: {JSESSIONID: "0000\x41:o‸ne"}`, ""},
	} {
		text := in(t, trip, "        expect: {cluster: C, member: m2}\n",
			"        "+c.request+"\n        expect: {cluster: C, member: m2}\n")
		y, place := openYAMLAt(t, "suite.yaml", text, map[string]string{"shop.yaml": shop})
		edits, err := y.Rename(place, "x")
		var here []diag.Edit
		for _, e := range edits {
			if e.Span.File == y.file {
				here = append(here, e)
			}
		}
		if got := applied(y.src, here); (err == nil) != (c.want != "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v\n%s", c.name, err, got)
		}
	}
	rewritten := in(t, trip, "url: http://h/shop/x", "url: http://h/shop/x;jsessionid=0:o‸ne")
	y, place := openYAMLAt(t, "suite.yaml", rewritten, map[string]string{"shop.yaml": shop})
	if _, err := y.Rename(place, "a/b"); err == nil || !strings.Contains(err.Error(), "might have to be escaped") {
		t.Errorf("a slash in a URL: %v", err)
	}
}

// TestSites: of a topology the URIs of all its web servers are told, none where it has an error.
func TestSites(t *testing.T) {
	t.Parallel()
	y, place := openYAMLAt(t, "shop.yaml", in(t, shop, "contextRoot: /shop", "contextRoot: /sh‸op"), nil)
	if u := y.URIAt(place); u == nil || u.Pattern != "/shop" || !strings.Contains(u.page(), "Its requests go to C.") {
		t.Errorf("%+v", u)
	}
	if got := len(y.URIs()); got != 2 {
		t.Errorf("%d URIs", got)
	}
	broken := OpenYAML("shop.yaml", []byte(in(t, shop, "flavor: liberty", "flavor: none")), "", memory(t, nil))
	if got := broken.URIs(); got != nil {
		t.Errorf("URIs of a topology with an error: %v", got)
	}
	if got := OpenYAML("suite.yaml", []byte(trip), "", memory(t, nil)).URIs(); got != nil {
		t.Errorf("URIs of a suite: %v", got)
	}
}
