package proxy

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/proxy/docroot"
)

// A folder that hangs, as one of a network that is gone, costs its requests 503 after a while and a bounded number of
// threads; members are served meanwhile, and files again when it is back. What a dead network does cannot be had
// without one: here it is opening that hangs.
func TestDocrootThatHangs(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page"), []byte("page"), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w := start(t, true, site{members: 1, uri: "/app/*"}, Options{Docroot: dir})
		defer w.stop()
		d, back := w.p.docroot, make(chan bool)
		open := d.Find
		hung := make(chan bool, 2*docroot.MostOpening)
		d.Find = func(target string) (*os.File, fs.FileInfo, error) {
			hung <- true
			<-back
			return open(target)
		}
		began := time.Now()
		var waiting []*visitor
		for range docroot.MostOpening + 10 {
			v := w.visit()
			v.send(get("/page"))
			waiting = append(waiting, v)
		}
		synctest.Wait()
		if len(hung) != docroot.MostOpening {
			t.Errorf("%d files are being opened", len(hung))
		}
		if r := w.once(get("/app/")); r.status != 200 || time.Since(began) > 0 {
			t.Errorf("meanwhile: %+v after %v", r, time.Since(began))
		}
		for _, v := range waiting {
			if r, err := v.read("GET"); err != nil || r.status != 503 || time.Since(began) != docroot.Limit {
				t.Fatalf("%+v %v after %v", r, err, time.Since(began))
			}
			v.Close()
		}
		close(back)
		synctest.Wait()
		if r := w.once(get("/page")); r.status != 200 || r.body != "page" {
			t.Errorf("afterwards: %+v", r)
		}
	})
}

// A file that cannot be opened for want of descriptors is not one that does not exist.
func TestDocrootWithoutDescriptors(t *testing.T) {
	lacking := func(string) (*os.File, fs.FileInfo, error) { return nil, nil, &fs.PathError{Err: syscall.EMFILE} }
	w := start(t, false, site{members: 1, uri: "/app/*"}, Options{Docroot: t.TempDir()},
		func(w *world) { w.p.docroot.Find = lacking })
	defer w.stop()
	if r := w.once(get("/page")); r.status != 503 {
		t.Errorf("%+v", r)
	}
}
