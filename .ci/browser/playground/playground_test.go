// Package playground uses the page of the playground in a browser, by its keyboard, and compares what it says with the
// command line.
package playground

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wasplug/wasplug/ci/browser/drive"
)

const checkout = "../../.."

// built is the folder of the page, made once for all tests; PLAYGROUND names one that is there.
var built = sync.OnceValues(func() (string, error) {
	if there := os.Getenv("PLAYGROUND"); there != "" {
		return there, nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "playground")
	if err != nil {
		return "", err
	}
	made = folder
	cmd := exec.Command(filepath.Join(checkout, "web/build"), folder, "v0.0.0")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return folder, cmd.Run()
})

var made string // the folder to take away at the end

func TestMain(m *testing.M) {
	code := m.Run()
	if made != "" {
		os.RemoveAll(made)
	}
	os.Exit(code)
}

// folder is the page's, and skips the test where nothing can make it.
func folder(t *testing.T) string {
	t.Helper()
	there, err := built()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("npm is not installed")
	}
	const unreachable = 75 // as web/build has it
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == unreachable {
		t.Skip("npm's registry cannot be reached")
	}
	if err != nil {
		t.Fatal(err)
	}
	return there
}

// A site serves the page as any static server does, and notes what is asked for.
type site struct {
	url    string
	policy string // that the server sets beside the page's own
	mu     sync.Mutex
	asked  []string
	change map[string]func([]byte) []byte // what is served in place of a file
}

func serve(t *testing.T) *site {
	t.Helper()
	from := folder(t)
	s := &site{change: map[string]func([]byte) []byte{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path)
		if s.policy != "" {
			w.Header().Set("Content-Security-Policy", s.policy)
		}
		change := s.change[r.URL.Path]
		s.mu.Unlock()
		if change == nil {
			http.ServeFile(w, r, filepath.Join(from, filepath.FromSlash(r.URL.Path)))
			return
		}
		data, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(r.URL.Path)))
		if err != nil {
			t.Error(err)
		}
		w.Write(change(data))
	}))
	t.Cleanup(server.Close)
	s.url = server.URL + "/"
	return s
}

// serveChanged serves what a function makes of a file, nil the file as it is.
func (s *site) serveChanged(path string, change func([]byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.change[path] = change
}

// requests are the paths that were asked for since the last time.
func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	slices.Sort(asked)
	return asked
}

// A page is one in a browser.
type page struct {
	*testing.T
	ctx context.Context
}

func open(t *testing.T, url string, flags ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	p := &page{t, drive.Browse(t, flags...)}
	p.do(chromedp.Navigate(url))
	p.until(`document.getElementById("main").ariaBusy === "false" && document.getElementById("platform").length > 0`)
	return p
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

// until waits for an expression of the page to be true.
func (p *page) until(expression string) {
	p.Helper()
	poll := chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(2*time.Minute))
	if _, err := chromedp.Run(p.ctx, poll); err != nil {
		p.Fatalf("never %s: %v\nthe page says %s", expression, err, p.text("body"))
	}
}

func (p *page) text(selector string) string {
	p.Helper()
	s, err := chromedp.Run(p.ctx,
		chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q).innerText", selector)))
	if err != nil {
		p.Fatal(err)
	}
	return s
}

// says waits until an element says a text.
func (p *page) says(selector, text string) {
	p.Helper()
	p.until(fmt.Sprintf("document.querySelector(%q)?.textContent.includes(%q)", selector, text))
}

// keys types.
func (p *page) keys(keys ...string) {
	p.Helper()
	for _, k := range keys {
		p.do(chromedp.KeyEvent(k))
	}
}

// tab goes on with the tabulator until an element has the keyboard.
func (p *page) tab(selector string) {
	p.Helper()
	p.tabbing(selector)
}

func (p *page) tabbing(selector string, how ...chromedp.KeyOption) {
	p.Helper()
	for range 80 {
		p.do(chromedp.KeyEvent("\t", how...))
		at, err := chromedp.Run(p.ctx,
			chromedp.Evaluate[bool](fmt.Sprintf("document.activeElement.matches(%q)", selector)))
		if err != nil {
			p.Fatal(err)
		}
		if at {
			return
		}
	}
	p.Fatalf("the tabulator does not lead to %s", selector)
}

// back goes back with the tabulator.
func (p *page) back(selector string) {
	p.Helper()
	p.tabbing(selector, chromedp.KeyModifiers(chromedp.ModifierShift))
}

// TestSizes: what a browser loads is small. It is served as it is, so a server has nothing to compress.
func TestSizes(t *testing.T) {
	for file, most := range map[string]int64{"why.wasm.gz": 2_000_000, "lint.wasm.gz": 3_000_000,
		"playground.js": 500_000} {
		info, err := os.Stat(filepath.Join(folder(t), file))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", file, info.Size())
		if info.Size() > most {
			t.Errorf("%s has %d bytes, more than %d", file, info.Size(), most)
		}
	}
	licences, err := os.ReadFile(filepath.Join(folder(t), "LICENSES.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{"==== wasplug", "==== gopkg.in/yaml.v3", "==== Go: LICENSE", "==== @codemirror/view",
		"==== crelt"} {
		if !bytes.Contains(licences, []byte(of)) {
			t.Errorf("LICENSES.txt has no %q", of)
		}
	}
}

// TestKeyboard goes a person's way without a mouse, in light and in dark: an example, its findings, a repair, a
// question, the place of a step, what a rule means, a link; everything can be read, also on a small screen, and nothing
// is asked of any server behind what loads the page.
func TestKeyboard(t *testing.T) {
	for scheme, value := range map[string]string{"light": "1", "dark": "0"} {
		t.Run(scheme, func(t *testing.T) { byKeyboard(t, value) })
	}
}

func byKeyboard(t *testing.T, scheme string) {
	s := serve(t)
	p := open(t, s.url, chromedp.Flag("blink-settings", "preferredColorScheme="+scheme))
	requested := p.watch()
	if got, want := s.requests(), []string{"/", "/lint.wasm.gz", "/playground.js", "/style.css",
		"/why.wasm.gz"}; !slices.Equal(got, want) {
		t.Errorf("the page loads %q, want %q", got, want)
	}
	p.tab("#example")
	p.keys("A") // as in "A shop, ..."
	p.says("#findings-title", "3 errors")
	p.says("#brief", "member shop1 of cluster shopCluster")
	p.says("#tree", "shopCluster")

	p.tab(".cm-content") // the text
	p.keys(kb.F8, kb.F8, kb.F8)
	p.says(".cm-tooltip", "CloneID")
	p.tab("#findings button") // the tabulator leaves the text
	p.keys("\r")
	p.until(`document.activeElement.matches(".cm-content") && getSelection().toString() === "RoundRobin"`)
	p.tab("#findings li:nth-child(4) button:nth-of-type(3)")
	p.keys("\r")
	p.says("#findings-title", "2 errors")
	p.says(".cm-content", "CloneID=\"shop3c\"")
	p.tab("#findings li:nth-child(3) button:nth-of-type(2)")
	p.keys("\r")
	p.says("#explained", "WP301")
	p.until(`document.activeElement.id === "page-title"`)

	p.back("#down")
	p.keys("shop1=timeout")
	p.back("#url")
	p.keys("\r")
	p.says("#brief", "goes to  shop2")
	p.says("#command", "--down shop1=timeout http://shop.example.com/shop/cart")
	p.tab("#steps button")
	p.keys("\r")
	p.until(`document.activeElement.matches(".cm-content")`)

	p.back("#share")
	p.keys("\r")
	p.says("#said", "Whoever has it has the file")
	p.readable()
	if got := append(s.requests(), requested()...); len(got) > 0 {
		t.Errorf("while it was used it asked for %q", got)
	}
	p.sameFromLink()
}

// watch notes which addresses the page asks for from now on.
func (p *page) watch() (requested func() []string) {
	p.Helper()
	var mu sync.Mutex
	var urls []string
	if err := chromedp.Listen(p.ctx, func(ev any) {
		if sent, ok := ev.(*network.EventRequestWillBeSent); ok && !strings.HasPrefix(sent.Request.URL, "data:") {
			mu.Lock()
			defer mu.Unlock()
			urls = append(urls, sent.Request.URL)
		}
	}); err != nil {
		p.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return urls
	}
}

// readable measures contrasts, and looks whether a small screen is wide enough.
func (p *page) readable() {
	p.Helper()
	if bad, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](drive.Contrasts)); err != nil || bad != "" {
		p.Errorf("%v: %s", err, bad)
	}
	p.do(chromedp.EmulateViewport(360, 640))
	if wide, err := chromedp.Run(p.ctx,
		chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth")); err != nil || wide {
		p.Errorf("wider than a small screen, %v", err)
	}
}

// sameFromLink opens the link that the page has made: file and question are there again, and the session ID is short.
func (p *page) sameFromLink() {
	p.Helper()
	link, err := chromedp.Run(p.ctx, chromedp.Location())
	if err != nil {
		p.Fatal(err)
	}
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(link))
	p.until(`document.getElementById("brief")?.textContent.includes("goes to  shop2")`)
	p.says(".cm-content", "CloneID=\"shop3c\"")
	p.until(`document.getElementById("cookies").value === "JSESSIONID=0000:shop1a"`)
	p.evaluate(`document.getElementById("cookies").value += "\nLtpaToken2=secret+secret=="`)
	p.evaluate(`history.replaceState(null, "", "#")`)
	p.do(chromedp.Click("#share"))
	p.until(fmt.Sprintf("location.href === %q", link)) // what is shared again is the same
}

// TestFaults: what goes wrong is told in words, and the page can be used behind it.
func TestFaults(t *testing.T) {
	s := serve(t)
	s.serveChanged("/lint.wasm.gz", func([]byte) []byte { return []byte("no program") })
	p := &page{t, drive.Browse(t)}
	p.do(chromedp.Navigate(s.url))
	p.says("#fault", "wasplug could not be loaded")
	s.serveChanged("/lint.wasm.gz", nil)
	p.countWorkers()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.url+"#1=damaged"))
	p.says("#fault", "The link is damaged")
	// A message that no page sends ends the program, as a fault of ours does.
	p.evaluate(`window.workers[0].postMessage({question: "{}"})`)
	p.says("#fault", "ended by a fault of its own and was started again")
	p.until(`window.workers.length === 3`)
	p.do(chromedp.SendKeys("#url", "http://www.example.com/snoop"), chromedp.Click("#why .main"))
	p.says("#brief", "the plug-in would reject this file") // it is empty
	figure, err := filepath.Abs(filepath.Join(checkout, "testdata/figure-5-12/plugin-cfg.xml"))
	if err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.SetUploadFiles("#open", []string{figure}))
	p.says("#tree", "PluginCluster")
	p.do(chromedp.Click("#why .main"))
	p.says("#brief", "PluginCluster")
	p.large()
}

// countWorkers keeps the workers of the pages that are opened from now on.
func (p *page) countWorkers() {
	p.Helper()
	workers := `const Own = Worker; window.workers = []; window.Worker = class extends Own {
		constructor(...of) { super(...of); window.workers.push(this) } }`
	if _, err := chromedp.Call(p.ctx, cdppage.AddScriptToEvaluateOnNewDocument,
		cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: workers}); err != nil {
		p.Fatal(err)
	}
}

func (p *page) evaluate(script string) {
	p.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](script+"; 0")); err != nil {
		p.Fatal(err)
	}
}

// TestServerPolicy: a policy of the server that allows no workers is told of, and nothing is tried again and again;
// with the one of docs/playground.md the page works.
func TestServerPolicy(t *testing.T) {
	s := serve(t)
	s.policy = "default-src 'self'"
	p := &page{t, drive.Browse(t)}
	p.countWorkers()
	p.do(chromedp.Navigate(s.url))
	p.says("#fault", "needs worker-src blob:")
	p.says("#told", "cannot run here")
	p.until(`document.getElementById("main").ariaBusy === "false"`)
	p.until(`window.workers.length === 2`)

	s = serve(t) // another one, as the browser keeps pages with their policy
	s.policy = documentedPolicy(t)
	p.do(chromedp.Navigate(s.url))
	p.says("#loaded", "ready")
	p.do(chromedp.SendKeys("#url", "http://www.example.com/snoop"), chromedp.Click("#why .main"))
	p.says("#brief", "the plug-in would reject this file")
	// It ends as soon as it has started, over and over: in the end it is left alone.
	p.evaluate(`const end = (w) => { w.onmessage({ data: { started: true } }); w.onmessage({ data: { ended: "x" } }) };
		for (let i = 0; i < window.workers.length && i < 50; i++) end(window.workers[i])`)
	p.says("#told", "cannot run here")
	p.until(`window.workers.length < 10`)
}

func documentedPolicy(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, "docs/playground.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "    default-src") {
			return strings.TrimSpace(line)
		}
	}
	t.Fatal("docs/playground.md shows no policy")
	return ""
}

// TestUndo: an example takes the place of what was typed, and undo brings it back.
func TestUndo(t *testing.T) {
	p := open(t, serve(t).url)
	p.tab(".cm-content")
	p.keys("<Mine/>")
	p.evaluate(`const e = document.getElementById("example"); e.value = "0"; e.dispatchEvent(new Event("change"))`)
	p.says("#said", "Undo")
	p.says(".cm-content", "PluginMember1")
	p.do(chromedp.Focus(".cm-content"), chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	p.until(`document.querySelector(".cm-content").textContent === "<Mine/>"`)
}

// TestScripts tries what needs no browser.
func TestScripts(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	cmd := exec.Command("node", "--test", "test/")
	cmd.Dir = filepath.Join(checkout, "web")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// large opens a file that would make a large drawing: it is drawn when somebody wants it.
func (p *page) large() {
	p.Helper()
	file := filepath.Join(p.TempDir(), "large.xml")
	text := `<Config><!--` + strings.Repeat("x", 200_000) + `--><VirtualHostGroup Name="v"/></Config>`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	p.do(chromedp.SetUploadFiles("#open", []string{file}))
	p.says("#graph-notes", "not drawn by itself")
	p.do(chromedp.Click("#graph-notes button"))
	p.says("#tree", "nothing is served")
}

// TestEncodings: a finding stands where it is, whatever the bytes of the file are, and its repair mends just that.
func TestEncodings(t *testing.T) {
	text := `<?xml version="1.0" encoding="%s"?><Config><!--` + strings.Repeat("%[2]s ", 700) +
		`--><ServerCluster Name="k"><Server CloneId="c1" Name="m1"/></ServerCluster></Config>`
	utf16le := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(fmt.Sprintf(text, "UTF-8", "ü😀"))) {
		utf16le = binary.LittleEndian.AppendUint16(utf16le, unit)
	}
	p := open(t, serve(t).url)
	for name, data := range map[string][]byte{"utf-8": fmt.Appendf(nil, text, "UTF-8", "ü😀"), "utf-16": utf16le,
		"latin-1": fmt.Appendf(nil, text, "ISO-8859-1", "\xfc")} {
		file := filepath.Join(t.TempDir(), name+".xml")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		p.do(chromedp.SetUploadFiles("#open", []string{file}))
		p.says("#findings", "Fix: write CloneID")
		p.do(chromedp.Click(`//*[@id="findings"]/li[contains(., "WP109")]/button[1]`))
		p.until(`getSelection().toString() === "CloneId"`)
		p.do(chromedp.Click(`//*[@id="findings"]//button[contains(., "write CloneID")]`))
		p.says(".cm-content", `<Server CloneID="c1" Name="m1"/>`)
		p.until(`!document.getElementById("findings").textContent.includes("WP109")`)
	}
}

// TestPolicy: neither the page nor its worker can reach another server.
func TestPolicy(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached = true
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	t.Cleanup(other.Close)
	p := open(t, serve(t).url)
	for _, from := range []string{
		`fetch("` + other.URL + `").then(() => "reached", () => "refused")`,
		`new Promise((done) => {
			const text = "fetch('` + other.URL + `').then(() => postMessage('reached'), () => postMessage('refused'))";
			const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
			worker.onmessage = ({ data }) => done(data);
		})`,
		`new Promise((done) => {
			const picture = new Image();
			picture.onload = () => done("reached");
			picture.onerror = () => done("refused");
			picture.src = "` + other.URL + `/x.png";
		})`,
	} {
		got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](from, chromedp.EvalAwaitPromise))
		if err != nil || got != "refused" {
			t.Errorf("%q, %v: %s", got, err, from)
		}
	}
	if reached {
		t.Error("the other server was asked")
	}
}
