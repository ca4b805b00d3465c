//go:build linux || darwin

package docroot_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/proxy/docroot"
)

// This needs links and pipes, which package syscall does not make everywhere.

// A target leads to a file of the folder or to nothing: not out of it by dots, escapes or links, not to what is
// hidden, nor to the parts of a web application that no server shows, nor to what is no file.
func TestOpenInTime(t *testing.T) {
	above := t.TempDir()
	root := filepath.Join(above, "root")
	for name, text := range map[string]string{
		"secret": "secret", "root/index.html": "index", "root/a b.txt": "blank", "root/sub/index.html": "below",
		"root/sub/page": "page", "root/.hidden/page": "hidden", "root/app/WEB-INF/web.xml": "descriptor",
		"root/app/Meta-Inf/x": "manifest", "root/app/page": "of an app",
	} {
		path := filepath.Join(above, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link(t, "../secret", filepath.Join(root, "out"))
	link(t, "sub/page", filepath.Join(root, "in"))
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder, err := docroot.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	for target, want := range map[string]string{
		"/": "index", "/?q=1": "index", "/index.html": "index", "/sub/": "below", "/sub/page": "page",
		"/sub/../sub/page": "", "//sub//page": "page", "/a%20b.txt": "blank", "/app/page": "of an app",
		"/sub/page?/../../secret": "page",
		"/sub":                    "", // a folder is none, and nobody is sent elsewhere
		"/app/":                   "", "/nothing": "", "*": "", "": "", "/../secret": "", "/sub/../../secret": "",
		"/%2e%2e/secret": "", "/..%2fsecret": "", "/sub/..%5c..%5csecret": "", "/.hidden/page": "",
		"/%2ehidden/page": "", "/app/WEB-INF/web.xml": "", "/app/web-inf/web.xml": "", "/app/%57EB-INF/web.xml": "",
		"/app/Meta-Inf/x": "", "/sub/page%00.html": "", "/%zz": "", "/sub/page/": "", "/out": "",
		"/in": "page", "/pipe": "",
	} {
		f, info, err := folder.OpenInTime(t.Context(), target)
		text := ""
		if err == nil {
			all, _ := io.ReadAll(f)
			if text = string(all); info.Size() != int64(len(all)) {
				t.Errorf("%s: %d bytes of %d", target, len(all), info.Size())
			}
			f.Close()
		}
		if text != want {
			t.Errorf("%s: %q, %v, want %q", target, text, err, want)
		}
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}

// Who asks when everything ends gets nothing, and does not wait for a folder that hangs.
func TestOpenEnds(t *testing.T) {
	folder, err := docroot.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	stuck := make(chan bool)
	find := folder.Find
	folder.Find = func(target string) (*os.File, os.FileInfo, error) {
		<-stuck
		return find(target)
	}
	if _, _, err := folder.OpenInTime(ctx, "/x"); err != docroot.ErrSlow {
		t.Errorf("%v, want %v", err, docroot.ErrSlow)
	}
	close(stuck)
	if _, err := docroot.Open(filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("a folder that is not there is opened")
	}
}
