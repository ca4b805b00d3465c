package lsp_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/apptest"
)

const (
	topologyURI  = "file:///conf/topology.yaml"
	topologyPath = "/conf/topology.yaml"
	suiteURI     = "file:///conf/suite.yaml"
)

// town is a topology with two clusters that have a member of one name.
const town = `# Größe 😀
flavor: liberty
webServers:
  - name: web1
    serves: [shop, admin]
virtualHosts:
  hosts: {aliases: ["*:80"]}
clusters:
  shopCluster:
    defaults: {host: a.example.com, http: 9081}
    members:
      - {name: m1, http: 9080, cloneId: a1}
      - name: m2
        node: n
        cloneId: a2
    primaryServers: [m1, n_m2]
  adminCluster:
    members:
      - {name: m1, host: b.example.com, http: 9082, cloneId: b1}
applications:
  - {name: shop, cluster: shopCluster, virtualHost: hosts, contextRoot: /shop, session: {expectedCloneIds: [a1, 'a2']}}
  - {name: admin, cluster: adminCluster, contextRoot: /admin, uriGroup: "u1", virtualHost: hosts}
`

// trip is a suite over it.
const trip = `config: topology.yaml
tests:
  - name: a take-over
    facts:
      - {member: shopCluster/m1, down: refused}
    requests:
      - url: http://h/shop/x
        expect: {cluster: shopCluster, member: [n_m2]}
      - url: http://h/admin/x
        expect: adminCluster
`

// openTown opens both, and returns the text of one by its URI.
func openTown(t *testing.T) (*editor, map[string]string) {
	e := start(t, nil)
	e.open(topologyURI, town)
	if got := e.open(suiteURI, trip); len(got) > 0 {
		t.Fatalf("the suite has findings: %+v", got)
	}
	return e, map[string]string{topologyURI: town, suiteURI: trip}
}

func TestYAMLHover(t *testing.T) {
	e, texts := openTown(t)
	for _, tt := range []struct {
		uri, piece string
		want       []string
	}{
		{topologyURI, `cont‸extRoot: /shop`, []string{"applications[].contextRoot", "Context root: /shop becomes"}},
		{topologyURI, `flavor: lib‸erty`, []string{"flavor", "Whose default values", "One of: was, liberty, plain"}},
		{topologyURI, `cluster: shop‸Cluster`, []string{"cluster shopCluster, members: m1, n_m2 (line 9)",
			"Cluster that runs it"}},
		{topologyURI, `[m1, n_‸m2]`, []string{
			"member n_m2 of cluster shopCluster: host a.example.com, http 9081, cloneId a2 (line 13)"}},
		{topologyURI, `virtualHost: ho‸sts,`, []string{"virtual host hosts, aliases: *:80 (line 7)"}},
		{topologyURI, `# Gr‸öße`, nil},
		{suiteURI, `member: shop‸Cluster/m1`, []string{
			"member m1 of cluster shopCluster: host a.example.com, http 9080, cloneId a1",
			"(line 12 of /conf/topology.yaml)", "MEMBER or CLUSTER/MEMBER"}},
		{suiteURI, `expect: admin‸Cluster`, []string{"cluster adminCluster, members: m1"}},
		{suiteURI, `down: ref‸used`, []string{"How attempts on it end", `timeout, io-timeout, "503"`}},
	} {
		_, p := marked(t, mark(t, texts[tt.uri], tt.piece))
		var got *struct{ Contents struct{ Value string } }
		e.call("textDocument/hover", place(tt.uri, p), &got)
		if len(tt.want) == 0 && got != nil {
			t.Errorf("%s: %+v", tt.piece, got)
		}
		for _, want := range tt.want {
			if got == nil || !strings.Contains(got.Contents.Value, want) {
				t.Errorf("%s: no %q in %+v", tt.piece, want, got)
			}
		}
	}
}

func TestYAMLNames(t *testing.T) {
	e, texts := openTown(t)
	for _, tt := range []struct{ uri, piece, definition, references string }{
		{topologyURI, `cluster: shop‸Cluster`, "shopCluster@8 ", "shopCluster@8 shopCluster@20 "},
		{topologyURI, `admin‸Cluster:`, "adminCluster@16 ", "adminCluster@16 adminCluster@21 "},
		{topologyURI, `[m‸1, n_m2]`, "m1@11 ", "m1@11 m1@15 "},
		{topologyURI, `name: m‸2`, "m2@12 ", "m2@12 n_m2@15 "},
		{topologyURI, `{name: m‸1, host`, "m1@18 ", "m1@18 "},
		{topologyURI, `serves: [sh‸op, admin]`, "shop@20 ", "shop@4 shop@20 "},
		{topologyURI, `contextRoot: /sh‸op`, "", ""},
		{suiteURI, `member: shop‸Cluster/m1`, "m1@11 ", "shopCluster/m1@4 m1@11 "},
		{suiteURI, `[n_‸m2]`, "m2@12 ", "n_m2@7 m2@12 "},
		{suiteURI, `expect: admin‸Cluster`, "adminCluster@16 ", "adminCluster@9 adminCluster@16 "},
	} {
		_, p := marked(t, mark(t, texts[tt.uri], tt.piece))
		var definition, references []where
		e.call("textDocument/definition", place(tt.uri, p), &definition)
		params := place(tt.uri, p)
		params["context"] = object{"includeDeclaration": true}
		e.call("textDocument/references", params, &references)
		for i, want := range []string{tt.definition, tt.references} {
			got := ""
			for _, w := range [][]where{definition, references}[i] {
				got += lines(texts[w.URI], []where{w})
			}
			if got != want {
				t.Errorf("%s: at %q, want %q", tt.piece, got, want)
			}
		}
	}
}

// renamed asks for another name, and returns the documents after it by their URIs.
func (e *editor) renamed(uri string, p position, to string, texts map[string]string) (map[string]string, error) {
	e.t.Helper()
	params := place(uri, p)
	params["newName"] = to
	var got struct{ Changes map[string][]edit }
	err := e.try("textDocument/rename", params, &got)
	after := map[string]string{}
	for uri, text := range texts {
		after[uri] = made(e.t.(*testing.T), text, got.Changes[uri])
	}
	return after, err
}

func TestYAMLRename(t *testing.T) {
	e, texts := openTown(t)
	for _, tt := range []struct {
		uri, piece, to string
		changed        []string // in the topology, then in the suite: what was, and what is
		suite          []string
	}{
		{topologyURI, `cluster: shop‸Cluster`, "kiosk", []string{"shopCluster", "kiosk"}, nil},
		{topologyURI, `shop‸Cluster:`, "a: b", []string{"shopCluster:", `"a: b":`, "cluster: shopCluster",
			`cluster: "a: b"`}, nil},
		{topologyURI, `{name: m‸1, host`, "m9", []string{"{name: m1, host", "{name: m9, host"}, nil},
		{topologyURI, `name: m‸2`, "m3", []string{"name: m2", "name: m3", "n_m2]", "n_m3]"}, nil},
		{topologyURI, `[m1, n_m‸2]`, "n_m3", []string{"name: m2", "name: m3", "n_m2]", "n_m3]"}, nil},
		{topologyURI, `virtualHost: hos‸ts,`, "all", []string{"hosts:", "all:", "virtualHost: hosts", "virtualHost: all"},
			nil},
		{topologyURI, `serves: [sh‸op`, "store", []string{"[shop,", "[store,", "name: shop,", "name: store,"}, nil},
		{topologyURI, `cloneId: a‸2`, "007", []string{"cloneId: a2", `cloneId: "007"`, "[a1, 'a2']", "[a1, '007']"}, nil},
		{topologyURI, `[a1, 'a‸2']`, "it's", []string{"cloneId: a2", `cloneId: "it's"`, "'a2'", `"it's"`}, nil},
		{topologyURI, `uriGroup: "u‸1"`, "u2", []string{`"u1"`, `"u2"`}, nil},
		{topologyURI, `- name: we‸b1`, "web2", []string{"web1", "web2"}, nil},
		{suiteURI, `shopCluster/m‸1`, "m3", []string{"[m1,", "[m3,", "{name: m1, http", "{name: m3, http"},
			[]string{"/m1", "/m3"}},
		{suiteURI, `sho‸pCluster/m1`, "kiosk", []string{"shopCluster", "kiosk"}, []string{"shopCluster", "kiosk"}},
		{suiteURI, `expect: admin‸Cluster`, "boss", []string{"adminCluster", "boss"}, []string{"adminCluster", "boss"}},
		{suiteURI, `member: [n_‸m2]`, "n_x", []string{"name: m2", "name: x", "n_m2]", "n_x]"}, []string{"n_m2", "n_x"}},
	} {
		_, p := marked(t, mark(t, texts[tt.uri], tt.piece))
		got, err := e.renamed(tt.uri, p, tt.to, texts)
		if err != nil {
			t.Errorf("%s: %v", tt.piece, err)
			continue
		}
		want := map[string]string{topologyURI: strings.NewReplacer(tt.changed...).Replace(town),
			suiteURI: strings.NewReplacer(tt.suite...).Replace(trip)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s to %s: %s", tt.piece, tt.to, diff)
		}
	}
}

// A clone ID that is renamed from a suite is so in the sessions of its requests, too: they mean the same member.
func TestRenameInSessions(t *testing.T) {
	e, texts := openTown(t)
	const kept = `
      - {url: "http://h/shop/x?a=0:a1", headers: {X: "a1:a1", Via: "q=x:a1"},
         cookies: {J: "0000ida1:b1+a1:xa1:a"}, expect: m1}
`
	const session = `config: topology.yaml
session: {expectedCloneIds: [a1]}
tests:
  - name: x
    requests:
      - {url: "http://h/shop/x;jsessionid=0000id:b1:a1?x=1", expect: shopCluster}
      - {url: http://h/shop/x;a=0%3Aa1%3ab1/y;b=1+a1, expect: shopCluster}
      - url: http://a1:80/shop/x
        cookies: {JSESSIONID: '0000id:a1:a1', other: 0001id+a1}
        headers: {Cookie: "x=y; JSESSIONID=0000id:a1; z=:a1"}
        expect: {cluster: shopCluster, session: {cookie: "0001<id>:a1"}}` + kept
	texts[suiteURI] = session
	e.change(suiteURI, 2, object{"text": session})
	_, p := marked(t, mark(t, session, "expectedCloneIds: [a‸1]"))
	want := strings.NewReplacer("http://a1", "http://a1", kept, kept, "a1", "c3").Replace(session)
	got, err := e.renamed(suiteURI, p, "c3", texts)
	if err != nil || got[suiteURI] != want || strings.Count(got[topologyURI], "c3") != 2 {
		t.Errorf("%v: %s", err, cmp.Diff(want, got[suiteURI]))
	}
	_, p = marked(t, mark(t, session, "JSESSIONID=0000id:a‸1"))
	if got, err := e.renamed(suiteURI, p, "c3", texts); err != nil || got[suiteURI] != want {
		t.Errorf("from a cookie: %v: %s", err, cmp.Diff(want, got[suiteURI]))
	}
	_, err = e.renamed(suiteURI, p, "c'3", texts)
	if err == nil || !strings.Contains(err.Error(), "on line 6, where") {
		t.Errorf("what a text might not hold: %v", err)
	}
	e.change(suiteURI, 3, object{"text": strings.Replace(session, `"0001<id>:a1"`, `"0001\x41:a1"`, 1)})
	_, err = e.renamed(suiteURI, p, "c3", nil)
	if err == nil || !strings.Contains(err.Error(), "escapes on line 11") {
		t.Errorf("escapes: %v", err)
	}
}

// A rename from a suite changes its configuration as it stands in the editor, saved or not.
func TestSuiteRenameUnsaved(t *testing.T) {
	e, texts := openTown(t)
	_, p := marked(t, mark(t, trip, "expect: admin‸Cluster"))
	if _, err := e.renamed(suiteURI, p, "boss", nil); err != nil {
		t.Fatal(err)
	}
	texts[topologyURI] = "# one line more\n" + town
	e.change(topologyURI, 2, object{"text": texts[topologyURI]})
	got, err := e.renamed(suiteURI, p, "boss", texts)
	if want := strings.ReplaceAll(texts[topologyURI], "adminCluster", "boss"); err != nil || got[topologyURI] != want {
		t.Errorf("%v: %s", err, cmp.Diff(want, got[topologyURI]))
	}
}

// A name that would be that of something else is refused, as is one that the file cannot hold, and whatever would
// leave a name behind.
func TestYAMLRenameRefused(t *testing.T) {
	e, texts := openTown(t)
	version := 1
	for _, tt := range []struct{ uri, text, to, want string }{
		{topologyURI, mark(t, town, `shop‸Cluster:`), "adminCluster",
			`"adminCluster" is the name of another one on line 17`},
		{topologyURI, mark(t, town, `[m‸1, n_m2]`), "n_m2", `"n_m2" is the name of another one on line 13`},
		{topologyURI, mark(t, town, `[m1, n_‸m2]`), "m2", `"m2" does not begin with "n_"`},
		{topologyURI, mark(t, town, `cloneId: a‸1}`), "b1", `"b1" is the clone ID of another one on line 19`},
		{topologyURI, mark(t, town, `cloneId: a‸1}`), "a:1", "is no clone ID"},
		{topologyURI, mark(t, town, `contextRoot: /sh‸op`), "x", "no name stands here"},
		{topologyURI, mark(t, town, `cluster: admin‸Cluster`), " x", "begins or ends with a blank"},
		{topologyURI, mark(t, strings.ReplaceAll(town, "hosts", "default_host"), `virtualHost: def‸ault_host,`), "x",
			"defaults that no other has"},
		{topologyURI, mark(t, strings.ReplaceAll(town, "{name: m1, host: b", "{host: b"), `host: b.ex‸ample.com`), "x",
			"called by its host"},
		{topologyURI, mark(t, town+"nothing: [\n", `shop‸Cluster:`), "x", "the file cannot be read as a whole"},
		{suiteURI, mark(t, trip, `shopCluster/m‸1`), "n_m2", `"n_m2" is the name of another one on line 13 of`},
		{suiteURI, mark(t, trip, `expect: admin‸Cluster`), "declined", `on line 10 "declined" would be no name`},
		{suiteURI, mark(t, trip, `expect: admin‸Cluster`), "shopCluster", `another one on line 9 of`},
		{suiteURI, mark(t, strings.ReplaceAll(trip, "shopCluster/m1", "m1"), `member: m‸1`), "x", `"m1" may be member`},
		{suiteURI, mark(t, trip+"        expect: m1\n", `shopCluster/m‸1`), "x", "cannot be read as a whole"},
		{suiteURI, mark(t, trip+"      - {url: \"http://h/\", expect: m1}\n", `shopCluster/m‸1`), "x",
			`"m1" on line 11 may be another one`},
	} {
		text, p := marked(t, tt.text)
		version++
		e.change(tt.uri, version, object{"text": text})
		if err := e.try("textDocument/prepareRename", place(tt.uri, p), nil); err != nil &&
			!strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: before the name is asked for: %v", tt.text, err)
		}
		_, err := e.renamed(tt.uri, p, tt.to, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s to %s: %v", tt.text, tt.to, err)
		}
		version++
		e.change(tt.uri, version, object{"text": texts[tt.uri]})
	}
}

// Keys, values and names are offered in a text that is YAML at no time while it is written.
func TestYAMLCompletion(t *testing.T) {
	e, _ := openTown(t)
	version := 1
	for _, tt := range []struct{ uri, text, wanted, unwanted string }{
		{suiteURI, "config: topology.yaml\ntests:\n  - ‸", "requests:", "config"},
		{suiteURI, strings.Replace(trip, "{cluster: shopCluster,", "{cluster: ‸,", 1), "adminCluster", "m1"},
		{suiteURI, strings.Replace(trip, "member: shopCluster/m1", "member: ‸", 1), "shopCluster/m1", "m1"},
		{suiteURI, strings.Replace(trip, "[n_m2]", "[‸]", 1), "n_m2", "shopCluster"},
		{suiteURI, strings.Replace(trip, "down: refused", "down: ‸", 1), "io-timeout", ""},
		{topologyURI, "‸", "clusters:", "cloneId"},
		{topologyURI, "clusters:\n  c:\n    ‸", "members:", "flavor"},
		{topologyURI, "clusters:\n  c:\n    members:\n      - ‸", "cloneId: ", "members"},
		{topologyURI, "clusters:\n  c:\n    members:\n    - na‸", "name: ", "host"},
		{topologyURI, "clusters:\n  c:\n    members:\n      - name: m\n        ho‸", "host: ", "name"},
		{topologyURI, "clusters:\n  c:\n    members:\n      - name: m\n        ‸\n        host: h\n", "http: ", "host"},
		{topologyURI, "clusters:\n  c:\n    members:\n      - {name: m, ‸", "host: ", "name"},
		{topologyURI, "clusters:\n  c:\n    members:\n      - {name: m, ro‸}\n", "role: ", "name"},
		{topologyURI, "clusters:\n  c:\n    members:\n      - {name: m, role: ‸", "backup", "name"},
		{topologyURI, "clusters:\n  c:\n    members:\n      - {name: m, role: \"ba‸", "backup", "primary"},
		{topologyURI, "clusters:\n  c:\n    loadB‸: Random\n", "loadBalance", "loadBalance:"},
		{topologyURI, "clusters:\r\n  c:\r\n    loadBalance: ‸\r\n", "Round Robin", "Error"},
		{topologyURI, "session:\n  cloneSeparator: ‸", `":"`, ""},
		{topologyURI, "session:\n  affinity: ‸", "true", ""},
		{topologyURI, strings.Replace(town, "cluster: adminCluster", "cluster: ‸", 1), "shopCluster", "m1"},
		{topologyURI, strings.Replace(town, "adminCluster, contextRoot: /admin, uriGroup: \"u1\", virtualHost: hosts}",
			"ad‸", 1), "adminCluster", "shopCluster"},
		{topologyURI, strings.Replace(town, "[m1, n_m2]", "[‸", 1), "n_m2", "b1"},
		{topologyURI, strings.Replace(town, "serves: [shop, admin]", "serves: [‸]", 1), "admin", "web1"},
		{topologyURI, town + "  - name: broken: here\n    oh no\nsession:\n  persis‸", "persistence: ", ""},
		{topologyURI, "# clu‸", "", "clusters:"},
	} {
		text, p := marked(t, tt.text)
		version++
		e.change(tt.uri, version, object{"text": text})
		var got []struct{ TextEdit edit }
		e.call("textDocument/completion", place(tt.uri, p), &got)
		offered := "\n"
		for _, item := range got {
			offered += item.TextEdit.NewText + "\n"
		}
		if tt.wanted != "" && !strings.Contains(offered, "\n"+tt.wanted+"\n") ||
			tt.unwanted != "" && strings.Contains(offered, "\n"+tt.unwanted) {
			t.Errorf("%s: offered is %s", tt.text, offered)
		}
	}
}

func TestYAMLOutline(t *testing.T) {
	e, texts := openTown(t)
	for uri, want := range map[string]string{
		topologyURI: "web1=web1@3 hosts=hosts@6 shopCluster=shopCluster@8 (m1=m1@11 n_m2=m2@12 )" +
			"adminCluster=adminCluster@16 (m1=m1@18 )shop=shop@20 admin=admin@21 ",
		suiteURI: "a take-over=a take-over@2 (http://h/shop/x=http://h/shop/x@6 http://h/admin/x=http://h/admin/x@8 )",
	} {
		if got := e.outline(uri, texts[uri]); got != want {
			t.Errorf("%s: %s\nwant %s", uri, got, want)
		}
	}
}

// A lens stands at each context root and URI of a topology.
func TestYAMLLens(t *testing.T) {
	e, _ := openTown(t)
	text := strings.Replace(town, "admin]", "admin, rest]", 1) +
		"  - {name: rest, cluster: adminCluster, virtualHost: hosts, " +
		"uris: [/*, {name: /shop/a*, overrides: {AffinityCookie: S}}]}\n"
	e.change(topologyURI, 2, object{"text": text})
	want := "score 6, loses to /shop/a* (adminCluster, line 23), wins over /* (adminCluster, line 23)|" +
		"score 7, wins over /* (adminCluster, line 23)|" +
		"score 1, loses to /admin/* (adminCluster, line 22) and 2 more|" +
		"score 7, wins over /shop/* (shopCluster, line 21) and 1 more"
	if got := e.titles(topologyURI); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := e.titles(suiteURI); got != "" {
		t.Error(got)
	}
	var hover struct{ Contents struct{ Value string } }
	_, p := marked(t, mark(t, text, `name: /sh‸op/a*`))
	e.call("textDocument/hover", place(topologyURI, p), &hover)
	if want := "Uri /shop/a*, score 7 (R2)\nIts requests go to adminCluster.\n"; !strings.Contains(
		hover.Contents.Value, want) {
		t.Errorf("no %q in %q", want, hover.Contents.Value)
	}
}

// What is misspelt is repaired, and an error that keeps the generator from writing becomes a warning.
func TestYAMLActions(t *testing.T) {
	e, _ := openTown(t)
	version := 1
	for _, tt := range []struct{ uri, text, title, want string }{
		{topologyURI, strings.Replace(town, "flavor:", "flavour:", 1), `change "flavour" to "flavor"`, town},
		{topologyURI, strings.Replace(town, "liberty", "'librety'", 1), `change "librety" to "liberty"`,
			strings.Replace(town, "liberty", "'liberty'", 1)},
		{topologyURI, strings.Replace(town, "cluster: shopCluster", "cluster: shopClustr", 1),
			`change "shopClustr" to "shopCluster"`, town},
		{topologyURI, strings.Replace(town, "http: 9080, cloneId", "http: 9080, clonedId", 1),
			`change "clonedId" to "cloneId"`, town},
		{suiteURI, strings.Replace(trip, "down: refused", "down: refusd", 1), `change "refusd" to "refused"`, trip},
		{topologyURI, strings.Replace(town, "a2", "a1", 1), "allow WP301 in this topology: its errors become warnings",
			strings.Replace(strings.Replace(town, "a2", "a1", 1), "webServers:", "allow: [WP301]\nwebServers:", 1)},
		{topologyURI, "allow: ['WP303']\n" + strings.Replace(town, "a2", "a1", 1),
			"allow WP301 in this topology: its errors become warnings",
			"allow: ['WP303', WP301]\n" + strings.Replace(town, "a2", "a1", 1)},
		{topologyURI, "allow:\r\n  - WP303\r\n" + strings.Replace(town, "a2", "a1", 1),
			"allow WP301 in this topology: its errors become warnings",
			"allow:\r\n  - WP303\r\n  - WP301\r\n" + strings.Replace(town, "a2", "a1", 1)},
		{topologyURI, strings.Replace(town, "a2", "a1", 1) + "allow:\n  - 'WP303' # known, ticket 7\n",
			"allow WP301 in this topology: its errors become warnings",
			strings.Replace(town, "a2", "a1", 1) + "allow:\n  - 'WP303' # known, ticket 7\n  - WP301\n"},
		{topologyURI, strings.Replace(town, "a2", "a1", 1) + "allow:\n  - WP303",
			"allow WP301 in this topology: its errors become warnings",
			strings.Replace(town, "a2", "a1", 1) + "allow:\n  - WP303\n  - WP301"},
	} {
		version++
		offered := ""
		for _, f := range e.change(tt.uri, version, object{"text": tt.text}) {
			for _, a := range e.actions(tt.uri, f) {
				offered += a.Title + "\n"
				if a.Title != tt.title {
					continue
				}
				if got := made(t, tt.text, a.Edit.Changes[tt.uri]); got != tt.want {
					t.Errorf("%s: %s", a.Title, cmp.Diff(tt.want, got))
				}
				version++
				for _, g := range e.change(tt.uri, version, object{"text": tt.want}) {
					if g == f {
						t.Errorf("%s leaves %s", a.Title, g.Message)
					}
				}
			}
		}
		if !strings.Contains(offered, tt.title+"\n") {
			t.Errorf("no %s, offered is %s", tt.title, offered)
		}
	}
}

// An error for which the plug-in takes nothing of the file is not offered to be allowed.
func TestYAMLNoAllow(t *testing.T) {
	e, _ := openTown(t)
	text := strings.Replace(town, "cluster: shopCluster", "cluster: shopClustr", 1)
	rejected := false
	for _, f := range e.change(topologyURI, 2, object{"text": text}) {
		rejected = rejected || f.Code == "WP201"
		for _, a := range e.actions(topologyURI, f) {
			if strings.HasPrefix(a.Title, "allow WP201") {
				t.Errorf("offered for %s: %s", f.Message, a.Title)
			}
		}
	}
	if !rejected {
		t.Error("no finding WP201")
	}
}

// A code on a line without its dash is not written after, and no other dash of the file is taken for it.
func TestAllowWithoutDash(t *testing.T) {
	e, _ := openTown(t)
	same := strings.Replace(town, "a2", "a1", 1)
	for i, text := range []string{same + "allow:\n  -\n    WP303\n", "allow:\n  -\n    WP303\n" + same} {
		twice := 0
		for _, f := range e.change(topologyURI, i+2, object{"text": text}) {
			if f.Code == "WP301" {
				twice++
			}
			for _, a := range e.actions(topologyURI, f) {
				if strings.HasPrefix(a.Title, "allow") {
					t.Errorf("%s: %+v", text, a)
				}
			}
		}
		if twice == 0 {
			t.Errorf("%s: no WP301", text)
		}
	}
}

var yamlPieces = []string{":", "- ", "  ", "\n", "\r\n", "\t", "{", "}", "[", "]", ",", "\"", "'", "#", "|\n",
	"&a ", "*a",
	"<<: ", "---\n", "ä", "😀", "\uE000", "cluster: shopCluster", "    name: m1\n", ""}

// FuzzYAML: whatever is written, the findings of a topology are those of lint on the same bytes, and every request is
// answered, in a suite over that topology, too.
func FuzzYAML(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed, uint8(12))
	}
	f.Fuzz(func(t *testing.T, seed uint64, n uint8) {
		e := start(t, nil)
		x := &edits{rand.New(rand.NewPCG(seed, 1)), town, yamlPieces}
		y := &edits{x.chance, apptest.Case(t, "suite.yaml"), yamlPieces}
		e.open(topologyURI, x.text)
		e.open(suiteURI, y.text)
		for version := 2; version < int(n%32)+2; version++ {
			same(t, e.change(topologyURI, version, x.some()...), topologyPath, x.text, nil)
			e.askAll(topologyURI, x)
			e.change(suiteURI, version, y.some()...)
			e.askAll(suiteURI, y)
		}
	})
}

// The names of a suite may stand in a plugin-cfg.xml.
func TestSuiteOverXML(t *testing.T) {
	e := start(t, nil)
	e.open(uri, small)
	text, p := marked(t, "config: plugin-cfg.xml\ntests:\n  - name: x\n    facts:\n"+
		"      - {member: m‸1, down: refused}\n")
	e.open(suiteURI, text)
	var got struct{ Contents struct{ Value string } }
	e.call("textDocument/hover", place(suiteURI, p), &got)
	if want := "member m1 of cluster shop, h:80, clone ID a1 (line 5 of /conf/plugin-cfg.xml)"; !strings.Contains(
		got.Contents.Value, want) {
		t.Errorf("no %q in %s", want, got.Contents.Value)
	}
	var definition []where
	e.call("textDocument/definition", place(suiteURI, p), &definition)
	if got := lines(small, definition); got != "m1@4 " || definition[0].URI != uri {
		t.Errorf("%s in %+v", got, definition)
	}
}

// What a suite knows of its configuration is that which was saved last.
func TestSuiteAfterSave(t *testing.T) {
	e, _ := openTown(t)
	where := func() string {
		_, p := marked(t, mark(t, trip, "expect: admin‸Cluster"))
		var got struct{ Contents struct{ Value string } }
		e.call("textDocument/hover", place(suiteURI, p), &got)
		first, _, _ := strings.Cut(got.Contents.Value, "\n")
		return first
	}
	before := where()
	e.change(topologyURI, 2, object{"text": "# one line more\n" + town})
	e.notify("textDocument/didSave", object{"textDocument": object{"uri": topologyURI}})
	e.findings(suiteURI, 1)
	if after := where(); !strings.Contains(before, "(line 17 of") || !strings.Contains(after, "(line 18 of") {
		t.Errorf("%s, and after that %s", before, after)
	}
}
