//go:build unix

package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReplaceKeepsTheOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give files away")
	}
	file := filepath.Join(t.TempDir(), "f")
	put(t, file, "old", 0o2660)
	if err := os.Chown(file, 4711, 4712); err != nil {
		t.Skip("no other owners here:", err)
	}
	if err := Replace(file, []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); s.Uid != 4711 || s.Gid != 4712 || info.Mode().Perm() != 0o660 ||
		read(t, file) != "new" {
		t.Errorf("owner %d, group %d, mode %v", s.Uid, s.Gid, info.Mode())
	}
}

// What replaces a file that others may not read is closed to them from the start: Replace writes until somebody who
// looks at the folder meanwhile has seen the temporary file before it has the mode of the other.
func TestReplacementIsClosedToOthers(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	const its = 0o640
	dir := t.TempDir()
	file, data := filepath.Join(dir, "f"), make([]byte, 1<<20)
	put(t, file, string(data), its)
	seen, over := make(chan os.FileMode, 1), make(chan struct{})
	go func() {
		for {
			names, _ := filepath.Glob(filepath.Join(dir, ".f.*.tmp"))
			for _, name := range names {
				if info, err := os.Lstat(name); err == nil && info.Mode().Perm() != its {
					seen <- info.Mode().Perm()
					return
				}
			}
			select {
			case <-over:
				return
			default:
			}
		}
	}()
	defer close(over)
	for {
		if err := Replace(file, data, data); err != nil {
			t.Fatal(err)
		}
		select {
		case mode := <-seen:
			if mode != 0o600 {
				t.Errorf("mode %v", mode)
			}
			return
		default:
		}
	}
}

// What the system finds is written, even where its folder cannot be told without links: here the name without them is
// longer than any may be.
func TestFolderThatCannotBeEvaluated(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat(strings.Repeat("n", 250)+"/", 12)
	for range 2 {
		if err := os.MkdirAll(filepath.Join(dir, long), 0o700); err != nil {
			t.Skip("no such names here:", err)
		}
		link := filepath.Join(dir, "l")
		if err := os.Symlink(long, link); err != nil {
			t.Fatal(err)
		}
		dir = link
	}
	if _, err := filepath.EvalSymlinks(dir); err == nil {
		t.Skip("no name is too long here")
	}
	file := filepath.Join(dir, "f")
	if err := Create(file, []byte("old")); err != nil || read(t, file) != "old" {
		t.Fatal(err)
	}
	if err := Replace(file, []byte("old"), []byte("new")); err != nil || read(t, file) != "new" {
		t.Error(err)
	}
}

// The umask is one of the process, so this test runs beside no other.
func TestCreateHonoursTheUmask(t *testing.T) {
	dir := t.TempDir()
	for mask, want := range map[int]os.FileMode{0o077: 0o600, 0o027: 0o640, 0: 0o666} {
		file := filepath.Join(dir, want.String())
		old := syscall.Umask(mask)
		err := Create(file, nil)
		syscall.Umask(old)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != want {
			t.Errorf("umask %o: mode %v (%v), want %v", mask, info.Mode(), err, want)
		}
	}
}
