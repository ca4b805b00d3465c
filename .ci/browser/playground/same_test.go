package playground

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/wasplug/wasplug/ci/browser/drive"
)

// shared is what a link opens.
type shared struct {
	Text   string            `json:"text"`
	Fields map[string]string `json:"fields"`
}

// told is what the page shows.
type told struct{ JSON, Brief, Findings string }

// openLink opens a link and waits for both answers.
const openLink = `(async (shared) => {
	const parts = ["json", "brief", "findings-json"].map((id) => document.getElementById(id));
	for (const part of parts) part.textContent = "";
	const packed = new Blob([JSON.stringify(shared)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
	const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
	const text = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
	location.hash = "#1=" + text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
	await new Promise((done) => {
		const observer = new MutationObserver(() => {
			if (parts[1].textContent && parts[2].textContent) { observer.disconnect(); done(); }
		});
		observer.observe(document.body, { subtree: true, childList: true, characterData: true });
	});
	return { JSON: parts[0].textContent, Brief: parts[1].textContent, Findings: parts[2].textContent };
})`

// TestSame: on a hundred random files, whole and broken, the page gives the JSON of the command line.
func TestSame(t *testing.T) {
	from := serve(t) // skips before anything is compiled
	p := open(t, from.url)
	program := drive.Build(t, checkout)
	chance := rand.New(rand.NewPCG(17, 6))
	decided := 0
	for i := range 100 {
		s := random(t, chance, i)
		asked, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := chromedp.Run(p.ctx,
			chromedp.Evaluate[told](openLink+"("+string(asked)+")", chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		want, errors := commandLine(t, program, s)
		if got.JSON != want.JSON || got.Findings != want.Findings {
			t.Errorf("file %d: the page says\n%s%s\nthe command line\n%s%s\nof %q, %s", i,
				got.JSON, got.Findings, want.JSON, want.Findings, s.Fields, s.Text)
		}
		if first, _, _ := strings.Cut(got.Brief, "\n"); want.JSON == "" && !strings.Contains(errors, first) {
			t.Errorf("file %d: the page says %q, the command line %q", i, first, errors)
		}
		if want.JSON != "" {
			decided++
		}
	}
	if decided < 30 || decided > 95 {
		t.Errorf("%d of 100 files decide: the test tries too little of the one or of the other", decided)
	}
}

// commandLine asks the program the same.
func commandLine(t *testing.T, program string, s shared) (want told, errors string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plugin-cfg.xml"), []byte(s.Text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (stdout, stderr string) {
		var out, noted bytes.Buffer
		cmd := exec.Command(program, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &noted
		cmd.Run() // its exit code says what was found
		return out.String(), noted.String()
	}
	args := []string{"why", "-c", "plugin-cfg.xml", "--format", "json"}
	for field, flag := range map[string]string{"cookies": "--cookie", "down": "--down", "requests": "--requests"} {
		if value := s.Fields[field]; value != "" {
			args = append(args, flag, value)
		}
	}
	want.JSON, errors = run(append(args, s.Fields["url"])...)
	want.Findings, _ = run("lint", "--no-settings", "--format", "json", "plugin-cfg.xml")
	return want, errors
}

// random makes a file and a question about it: every third a mutation of a file of testdata.
func random(t *testing.T, chance *rand.Rand, i int) shared {
	t.Helper()
	s := shared{Fields: map[string]string{"url": "http://" + pick(chance, hosts) + pick(chance, paths)}}
	if i%3 == 0 {
		text, err := os.ReadFile(filepath.Join(checkout, "testdata", pick(chance, []string{"figure-5-12/plugin-cfg.xml",
			"shop/edited.xml"})))
		if err != nil {
			t.Fatal(err)
		}
		s.Text = mutated(chance, string(text))
	} else if s.Text = configuration(chance); i%3 == 1 {
		s.Text = mutated(chance, s.Text)
	}
	if chance.IntN(2) == 0 {
		s.Fields["cookies"] = "JSESSIONID=0000abcdef:" + pick(chance, clones)
	}
	if chance.IntN(3) == 0 {
		s.Fields["down"] = pick(chance, []string{"m1", "m1=timeout", "nobody", "PluginMember1=503"})
	}
	if chance.IntN(5) == 0 {
		s.Fields["requests"] = "3"
	}
	return s
}

var (
	hosts  = []string{"www.example.com", "shop.example.com", "h", "h:9080", "10.0.0.1"}
	paths  = []string{"/", "/snoop", "/shop/cart", "/a/b.jsp", "/a", "/ü/x", "/a/b;jsessionid=0000x:c1?q=1"}
	clones = []string{"c1", "c2", "c3", "v544d031", "shop1a", "other"}
)

func pick(chance *rand.Rand, from []string) string { return from[chance.IntN(len(from))] }

// configuration is a plugin-cfg.xml of some clusters, of which not all is well.
func configuration(chance *rand.Rand) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Config>\n<!-- Zürich -->\n" +
		"<VirtualHostGroup Name=\"v\">\n")
	for range 1 + chance.IntN(3) {
		fmt.Fprintf(&b, "<VirtualHost Name=%q/>\n",
			pick(chance, []string{"*:80", "*:9080", "h:*", "*:*", "shop.example.com:80"}))
	}
	b.WriteString("</VirtualHostGroup>\n")
	clusters := 1 + chance.IntN(3)
	for c := range clusters {
		cluster(chance, &b, c)
	}
	for c := range clusters + chance.IntN(8)/7 { // now and then a Route names what there is not
		fmt.Fprintf(&b, "<UriGroup Name=\"u%d\">\n", c)
		for range 1 + chance.IntN(3) {
			fmt.Fprintf(&b, "<Uri AffinityCookie=\"JSESSIONID\" Name=%q/>\n",
				pick(chance, []string{"/*", "/snoop", "/shop/*", "/a/*", "*.jsp", "/ü/*"}))
		}
		fmt.Fprintf(&b, "</UriGroup>\n<Route ServerCluster=\"k%d\" UriGroup=\"u%d\" VirtualHostGroup=\"v\"/>\n", c, c)
	}
	b.WriteString("</Config>\n")
	return b.String()
}

func cluster(chance *rand.Rand, b *strings.Builder, c int) {
	fmt.Fprintf(b, "<ServerCluster LoadBalance=%q Name=\"k%d\" RetryInterval=\"%d\">\n",
		pick(chance, []string{"Round Robin", "Random"}), c, 30*chance.IntN(3))
	members := 1 + chance.IntN(4)
	for m := range members {
		fmt.Fprintf(b, "<Server CloneID=%q LoadBalanceWeight=\"%d\" Name=\"m%d\">\n<Transport Hostname=\"m%d\" "+
			"Port=\"9080\" Protocol=\"http\"/>\n</Server>\n", pick(chance, clones), chance.IntN(6), m, m)
	}
	if members > 1 && chance.IntN(2) == 0 {
		fmt.Fprintf(b, "<PrimaryServers>\n<Server Name=\"m0\"/>\n</PrimaryServers>\n<BackupServers>\n"+
			"<Server Name=\"m%d\"/>\n</BackupServers>\n", members-1)
	}
	b.WriteString("</ServerCluster>\n")
}

// mutated is a text with some lines or characters taken out, doubled or changed.
func mutated(chance *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	for range 1 + chance.IntN(2) {
		at := chance.IntN(len(lines))
		switch chance.IntN(15) {
		case 0:
			lines[at] = ""
		case 1:
			lines[at] += lines[at]
		case 2:
			lines[at] = strings.Replace(lines[at], "Name", "name", 1)
		case 3:
			lines[at] = strings.Replace(lines[at], `"`, "'", 1)
		case 4:
			lines[at] = strings.Replace(lines[at], "o", "ö😀", 1)
		case 5:
			lines = append(lines[:at:at], "") // cut off
		default:
			lines[at] = strings.Replace(lines[at], "a", "\u00e0", 1)
		}
	}
	return strings.Join(lines, "")
}
