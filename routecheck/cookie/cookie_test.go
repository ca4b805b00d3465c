package cookie

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"
	"pgregory.net/rapid"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/schemas"
)

// session is a session ID as servers draw it.
const session = "A2MB8IJ7EJaFGbXpzRSRb7c"

// read reads a cookie against the two applications of coretest.
func read(t interface{ Fatal(...any) }, text, url, cluster string) *Report {
	xml := strings.Replace(coretest.TwoApplications, "CLUSTER", cluster, 2)
	q := Question{Table: coretest.Parse(xml), Sem: choices.Latest()}
	if url != "" {
		rq, err := written.URL(url)
		if err != nil {
			t.Fatal(err)
		}
		q.Request = &rq
	}
	if err := q.Parse(text); err != nil {
		t.Fatal(err)
	}
	return Read(q)
}

// TestRead: what each kind of cookie tells.
func TestRead(t *testing.T) {
	for _, c := range []struct{ text, url, cluster, homes, problems, near string }{
		{text: "0001" + session + ":clone1", homes: "C/m1 primary 1"},
		{text: "JSESSIONID=0002" + session + ":clone1:clone2", homes: "C/m1 primary 1, C/m2 primary 2"},
		{text: "Cookie: theme=dark; JSESSIONID=0000" + session + ":kept03; x=1", homes: "C/m3 backup 1"},
		{text: "Cookie: JSESSIONID=0000" + session + ":shop1; SHOPSESSION=0000" + session + ":shop1",
			url: "http://h/shop/x", homes: "D/d1 primary 1"},
		{text: "0000" + session + ":gone04", homes: "C/m4 none 0", problems: "in-no-list"},
		{text: "0000" + session + ":clone9", problems: "unknown-clone", near: "clone1 one character differs, " +
			"clone2 one character differs"},
		{text: "0000" + session + ":CLONE1", problems: "unknown-clone", near: "clone1 letter case"},
		{text: "0000" + session + ":xclone91", problems: "unknown-clone", near: "clone1 two characters differ"},
		{text: "0000" + session + ":1158590921", problems: "partition"},
		{text: "0000" + session + ":1158590921", cluster: `GetDWLMTable="true"`},
		{text: "0000" + session + "+clone1", homes: "C/m1 primary 1", problems: "separator"},
		{text: "0000" + session + "+clone1", cluster: `CloneSeparatorChange="true"`, homes: "C/m1 primary 1"},
		{text: "0000" + session + ":shop1", url: "http://h/app/x", homes: "D/d1 primary 1", problems: "other-cluster"},
		{text: "0000" + session, problems: "no-clone"},
		{text: "0000" + session + ":", problems: "empty-clone"},
		{text: "0000" + session + "%3Aclone1", homes: "C/m1 primary 1", problems: "encoded"},
		{text: `"0000` + session + `:clone1"`, homes: "C/m1 primary 1", problems: "quoted"},
		{text: "abcd" + session + ":clone1", homes: "C/m1 primary 1", problems: "cache-id"},
		{text: "0000short:clone1", homes: "C/m1 primary 1", problems: "session-id"},
		{text: "0000with~~strange~~characters:clone1", homes: "C/m1 primary 1", problems: "session-id"},
		{text: "00:clone1", problems: "too-short"},
		{text: "JSESSIONID=0000" + session + ":clone1; JSESSIONID=0000x", homes: "C/m1 primary 1",
			problems: "several-cookies"},
		{text: "0000" + session + ":clone1" + strings.Repeat("x", 1024), problems: "unknown-clone too-long"},
		{text: "B4F2A0C1D5E6978812345678ABCDEF01.worker1", problems: "other-product"},
		{text: "dGhpc2lzYXNlc3Npb24.node1", problems: "other-product"},
		{text: "pT2vQ1!-123!456", problems: "other-product"},
		{text: "Set-Cookie: SHOPSESSION=0000" + session + ":shop1; Path=/; HttpOnly", homes: "D/d1 primary 1"},
		{text: "JSESSIONID=0000" + session + ":clone1; Path=/; HttpOnly", homes: "C/m1 primary 1", problems: "path"},
		{text: "Set-Cookie: a=0000" + session + ":clone1; Domain=example.com; Max-Age=60; Secure; " +
			"SameSite=Strict", homes: "C/m1 primary 1",
			problems: "domain same-site max-age secure"},
		{text: "Set-Cookie: a=0000" + session + ":clone1; SameSite=None", homes: "C/m1 primary 1",
			problems: "same-site"},
	} {
		r := read(t, c.text, c.url, c.cluster)
		var homes, problems, near []string
		for _, id := range r.IDs {
			if id.Kind == Clone {
				homes = append(homes, id.Cluster+"/"+id.Member+" "+id.Role+" "+string(rune('0'+id.Place)))
			}
			for _, n := range id.Near {
				near = append(near, n.ID+" "+n.What)
			}
		}
		for _, p := range r.Problems {
			problems = append(problems, p.Code)
		}
		if got := strings.Join(homes, ", "); got != c.homes {
			t.Errorf("%s: homes %s, want %s", c.text, got, c.homes)
		}
		if got := strings.Join(problems, " "); got != c.problems {
			t.Errorf("%s: problems %s, want %s", c.text, got, c.problems)
		}
		if got := strings.Join(near, ", "); got != c.near {
			t.Errorf("%s: near %s, want %s", c.text, got, c.near)
		}
		conforms(t, r)
	}
}

// conforms holds a report against the schema.
func conforms(t *testing.T, r *Report) {
	t.Helper()
	source, err := schemas.Source("cookie")
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(source), gojsonschema.NewGoLoader(r))
	if err != nil || !result.Valid() {
		out, _ := json.Marshal(r)
		t.Errorf("%v %v\n%s", err, result, out)
	}
}

// TestPrefix: a take-over that would not be recorded (S10).
func TestPrefix(t *testing.T) {
	xml := strings.Replace(strings.Replace(coretest.TwoApplications, "CLUSTER", "", 2), `"clone2"`, `"clone12"`, 1)
	q := Question{Table: coretest.Parse(xml), Sem: choices.Latest()}
	if err := q.Parse("0001" + session + ":clone12"); err != nil {
		t.Fatal(err)
	}
	if r := Read(q); len(r.Problems) != 1 || r.Problems[0].Code != "prefix" ||
		!strings.HasPrefix(r.Problems[0].Text, "m1's ID clone1 begins clone12") {
		t.Errorf("%+v", r.Problems)
	}
}

// TestCacheID: persistence and re-reads (S3, S4).
func TestCacheID(t *testing.T) {
	for id, want := range map[string]struct {
		persistent bool
		rereads    int
	}{"0000": {false, 0}, "0001": {true, 0}, "0002": {true, 1}, "9999": {true, 9998}, "-001": {false, 0}} {
		r := Read(Question{Value: id + session + ":c"})
		if r.Persistent != want.persistent || r.Rereads != want.rereads {
			t.Errorf("%s: %t %d", id, r.Persistent, r.Rereads)
		}
	}
}

// TestRefused: what is no cookie is refused in words.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"": "has no value", "Cookie:": "has no value", "a=": "has no value", "Cookie: a=b; c=d": "holds no cookie " +
			"of a session",
	} {
		if err := (&Question{}).Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestMade: whatever cookie servers of a cluster make is understood: its members are found in order, and nothing is
// wrong.
func TestMade(t *testing.T) {
	table := coretest.Parse(strings.Replace(coretest.TwoApplications, "CLUSTER", "", 2))
	rapid.Check(t, func(t *rapid.T) {
		cache := rapid.StringMatching(`[0-9]{4}`).Draw(t, "cache ID")
		id := rapid.StringMatching(`[A-Za-z0-9_-]{23}`).Draw(t, "session ID")
		members := rapid.SliceOfNDistinct(rapid.IntRange(0, 2), 1, 3, rapid.ID[int]).Draw(t, "members")
		value := cache + id
		for _, m := range members {
			value += ":" + table.Clusters[0].Members[m].CloneID
		}
		r := Read(Question{Value: value, Table: table, Sem: choices.Latest()})
		if len(r.Problems) > 0 || len(r.IDs) != len(members) || !r.SessionID.OK || r.Persistent != (cache != "0000") {
			t.Fatalf("%s: %+v", value, r)
		}
		for i, m := range members {
			if r.IDs[i].Member != table.Clusters[0].Members[m].Name {
				t.Fatalf("%s: %+v", value, r.IDs)
			}
		}
	})
}

// FuzzRead: any text is read or refused, and what is read has a report that conforms.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"0001" + session + ":clone1", "Set-Cookie: a=b; Path=/",
		"Cookie: a=0000x; JSESSIONID=0001:", `"%3A`, "a.b!c", "\x00=;;="} {
		f.Add(seed)
	}
	table := coretest.Parse(strings.Replace(coretest.TwoApplications, "CLUSTER", "", 2))
	rq := match.Request{Host: "h", Port: 80, Target: "/app/x"}
	f.Fuzz(func(t *testing.T, text string) {
		q := Question{Table: table, Sem: choices.Latest(), Request: &rq}
		if q.Parse(text) != nil {
			return
		}
		r := Read(q)
		if r.SessionID.Length > len(text) || len(r.IDs) > len(text) {
			t.Fatalf("%q: %+v", text, r)
		}
	})
}
