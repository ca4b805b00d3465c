// Package vscode uses the extension in the window of a real VS Code: code-server, which a browser shows.
package vscode

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wasplug/wasplug/ci/browser/drive"
)

const checkout = "../../.."

// code is VS Code's server with a home of its own.
type code struct {
	*testing.T
	home  string
	flags []string
}

func installed(t *testing.T) *code {
	t.Helper()
	server, vsix := os.Getenv("CODE_SERVER"), os.Getenv("VSIX")
	if server == "" || vsix == "" {
		t.Skip("CODE_SERVER names no code-server, or VSIX no package of the extension: see docs/editor.md")
	}
	home := t.TempDir()
	c := &code{t, home, []string{server, "--config", filepath.Join(home, "config.yaml"), "--user-data-dir",
		filepath.Join(home, "data"), "--extensions-dir", filepath.Join(home, "extensions")}}
	write(t, filepath.Join(home, "data/User/settings.json"), `{"wasplug.path": "`+drive.Build(t, checkout)+`",
		"security.workspace.trust.enabled": false, "workbench.startupEditor": "none", "remote.autoForwardPorts": false}`)
	if out, err := c.command(t.Context(), "--install-extension", vsix).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return c
}

func (c *code) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "node", append(c.flags, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+c.home)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd
}

var listening = regexp.MustCompile(`HTTP server listening on (http://[^ /]+)`)

// serve returns where VS Code shows a folder.
func (c *code) serve(folder string) string {
	c.Helper()
	cmd := c.command(c.Context(), "--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry",
		"--disable-update-check", folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { cmd.Wait() })
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said += lines.Text() + "\n"
		if m := listening.FindStringSubmatch(said); m != nil {
			go func() {
				for lines.Scan() { // or the server waits for a reader
				}
			}()
			return m[1] + "/?folder=" + folder
		}
	}
	c.Fatalf("code-server does not listen:\n%s", said)
	return ""
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// window is one of VS Code.
type window struct {
	*testing.T
	ctx context.Context
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.fail(err.Error())
	}
}

// fail leaves a picture of what is seen.
func (w *window) fail(why string) {
	w.Helper()
	folder := os.Getenv("PICTURES")
	if shot, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot()); err == nil && folder != "" {
		os.WriteFile(filepath.Join(folder, "window.png"), shot, 0o644)
	}
	w.Fatalf("%s (PICTURES=FOLDER takes a picture)", why)
}

// until waits for an expression of the window to be true.
func (w *window) until(expression string) {
	w.Helper()
	poll := chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))
	if _, err := chromedp.Run(w.ctx, poll); err != nil {
		w.fail("never " + expression + ": " + err.Error())
	}
}

// says waits until one of the elements of a selector has a text.
func (w *window) says(selector, text string) {
	w.Helper()
	w.until(`[...document.querySelectorAll(` + quoted(selector) + `)].some(e =>
		e.textContent.replaceAll("\u00a0", " ").includes(` + quoted(text) + `))`)
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// keys types; ctrl holds the key down while it types one.
func (w *window) keys(keys string) { w.Helper(); w.do(chromedp.KeyEvent(keys)) }
func (w *window) ctrl(key string) {
	w.Helper()
	w.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

// enter presses Enter where the keyboard is. The browser's own event would type a line break as well, into the text to
// which the keyboard goes back.
func (w *window) enter() {
	w.Helper()
	w.until(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
		{key: "Enter", code: "Enter", keyCode: 13, bubbles: true})) || true`)
}

// open opens a file; its name is not searched for, since that takes a program that npm does not bring.
func (w *window) open(name string) {
	w.Helper()
	w.do(chromedp.DoubleClick(`.explorer-folders-view .monaco-list-row[aria-label^="` + name + `"]`))
	w.says(".tab.active", name)
	w.until(`document.activeElement.closest(".monaco-editor") !== null`)
}

// find puts the cursor behind the first letter of a text.
func (w *window) find(text string) {
	w.Helper()
	w.ctrl("f")
	w.do(chromedp.WaitVisible(".find-widget.visible .find-part textarea"))
	w.ctrl("a")
	w.keys(text)
	w.says(".find-widget .matchesCount", "of")
	w.keys(kb.Escape)
	w.keys(kb.ArrowLeft)
	w.keys(kb.ArrowRight)
}

// TestWindow goes a person's way: a file is opened, what is found in it is seen, a name is asked about and renamed, a
// finding is repaired; then the same in a topology and in a suite, whose rename changes both.
func TestWindow(t *testing.T) {
	c := installed(t)
	folder := t.TempDir()
	for _, name := range []string{"plugin-cfg.xml", "topology.yaml", "suite.yaml"} {
		src, err := os.ReadFile(filepath.Join(checkout, "testdata/figure-5-12", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, name), strings.Replace(string(src), "flavor:", "flavour:", 1))
	}
	url := c.serve(folder)
	w := &window{t, drive.Browse(t, chromedp.WindowSize(1400, 900))}
	if err := chromedp.Do(w.ctx, chromedp.Navigate(url)); err != nil { // the browser lives as long as this context
		t.Fatal(err)
	}
	w.do(chromedp.WaitVisible(".explorer-folders-view .monaco-list-row"))

	w.open("plugin-cfg.xml")
	w.says(".codelens-decoration", "score 6")
	w.says(".squiggly-warning", "")
	w.find(`PluginMember1"/>`)
	w.ctrl("k")
	w.ctrl("i")
	w.says(".monaco-hover", "Name, attribute of Server")
	w.keys(kb.Escape)
	w.rename("First")
	w.says(".view-lines", `<Server Name="First"/>`)
	w.find(`snoop"`)
	w.repair("ignore WP")
	w.says(".view-lines", "<!-- wasplug:ignore WP")
	w.save(filepath.Join(folder, "plugin-cfg.xml"), `<Server Name="First"/>`)

	w.open("topology.yaml")
	w.says(".squiggly-error", "")
	w.find("flavour")
	w.repair(`change "flavour" to "flavor"`)
	w.says(".codelens-decoration", "score 7, nobody else matches")
	w.save(filepath.Join(folder, "topology.yaml"), "flavor: was")

	w.open("suite.yaml")
	w.find("PluginMember2, attempts")
	w.rename("Second")
	w.says(".view-lines", "member: Second")
	w.save(filepath.Join(folder, "suite.yaml"), "[PluginMember1, Second]")
	w.open("topology.yaml")
	w.save(filepath.Join(folder, "topology.yaml"), "name: Second")
}

// rename gives the name at the cursor another one.
func (w *window) rename(to string) {
	w.Helper()
	const box = `document.querySelector(".rename-box input")`
	w.keys(kb.F2)
	w.until(box + `?.value && document.activeElement === ` + box)
	w.do(chromedp.Focus(".rename-box input"))
	w.ctrl("a")
	w.keys(to)
	w.until(box + `.value === ` + quoted(to))
	w.enter()
}

// repair takes what is offered for the finding at the cursor, by how it begins.
func (w *window) repair(begin string) {
	w.Helper()
	w.ctrl(".")
	w.says(".action-widget .monaco-list-row.focused", "")
	for range 20 {
		focused, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](
			`document.querySelector(".action-widget .monaco-list-row.focused")?.textContent ?? ""`))
		if err != nil {
			w.fail(err.Error())
		}
		if strings.HasPrefix(focused, begin) {
			w.enter()
			return
		}
		w.keys(kb.ArrowDown)
	}
	w.fail("nothing that begins with " + begin + " is offered")
}

// save saves the file that is open, and waits until it holds a text.
func (w *window) save(path, text string) {
	w.Helper()
	w.ctrl("s")
	for ctx, cancel := context.WithTimeout(w.ctx, time.Minute); ; {
		if src, err := os.ReadFile(path); err == nil && strings.Contains(string(src), text) {
			cancel()
			return
		}
		if ctx.Err() != nil {
			w.fail(path + " is not saved")
		}
		time.Sleep(100 * time.Millisecond)
	}
}
