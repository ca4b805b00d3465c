// Package drive has what all tests of pages need: a browser, the program, and what can be read on a page.
package drive

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Build builds wasplug from its checkout, and returns the path of the program.
func Build(t *testing.T, checkout string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "wasplug")
	cmd := exec.Command("go", "build", "-o", binary, "./cmd/wasplug")
	cmd.Dir = checkout
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// Browse starts the browser; the test is skipped, and says so, where there is none.
func Browse(t *testing.T, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed (on Debian: apt-get install chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.WSURLReadTimeout(2*time.Minute)) // a busy machine starts it late
	opts = append(opts, flags...)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// Contrasts is a script that measures every element that shows text, and the hints in fields, against what stands
// behind it (WCAG 2).
const Contrasts = `(() => {
	const parse = c => (c.match(/[0-9.]+/g) || [0, 0, 0, 0]).map(Number);
	const over = (top, under) => {
		const a = top.length > 3 ? top[3] : 1;
		return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a));
	};
	const behind = e => {
		if (!e) return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
		return over(parse(getComputedStyle(e).backgroundColor), behind(e.parentElement));
	};
	const linear = v => v <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4);
	const light = c => {
		const [r, g, b] = c.map(v => linear(v / 255));
		return .2126 * r + .7152 * g + .0722 * b;
	};
	const bad = [];
	const check = (e, color, what) => {
		const under = behind(e);
		const [x, y] = [light(over(parse(color), under)), light(under)].sort((a, b) => b - a);
		const ratio = (x + .05) / (y + .05);
		if (ratio < 4.5) bad.push(what + " " + ratio.toFixed(2) + ":1");
	};
	for (const e of document.body.querySelectorAll("*")) {
		if ([...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) {
			check(e, getComputedStyle(e).color, e.tagName + " " + e.textContent.trim().slice(0, 20));
		}
		if (e.placeholder) check(e, getComputedStyle(e, "::placeholder").color, "hint " + e.placeholder);
	}
	return bad.join("; ");
})()`
