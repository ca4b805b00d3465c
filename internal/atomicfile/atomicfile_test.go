package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// only checks that a folder holds these names and nothing else: no temporary file stays.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(names) {
		t.Errorf("%s holds %v, want %v", dir, entries, names)
	}
}

func TestReplaceKeepsModeAndLink(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "f"), filepath.Join(dir, "l")
	put(t, file, "old", 0o640)
	if err := os.Symlink("f", link); err != nil {
		t.Skip("no links here:", err)
	}
	if err := Replace(link, []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(file)
	if err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); read(t, file) != "new" || info.Mode().Perm() != 0o640 || err != nil || to != "f" {
		t.Errorf("%q, mode %v, link to %q (%v)", read(t, file), info.Mode(), to, err)
	}
	only(t, dir, "f", "l")
}

func TestReplaceRefusesWhatSomebodyElseChanged(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	put(t, file, "theirs", 0o644)
	if err := Replace(file, []byte("old"), []byte("new")); !errors.Is(err, ErrChanged) || read(t, file) != "theirs" {
		t.Errorf("error %v, the file says %q", err, read(t, file))
	}
	only(t, dir, "f")
}

func TestCreateNeverReplaces(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := Create(file, []byte("mine")); err != nil || read(t, file) != "mine" {
		t.Fatal(err)
	}
	if err := Create(file, []byte("again")); !errors.Is(err, fs.ErrExist) || read(t, file) != "mine" {
		t.Errorf("error %v, the file says %q", err, read(t, file))
	}
	only(t, dir, "f")
}

// What a dangling link points to is created where the link says, also out of another folder.
func TestCreateBehindADanglingLink(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "l")
	if err := os.Symlink(filepath.Join("d", "f"), link); err != nil {
		t.Skip("no links here:", err)
	}
	if err := Create(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 ||
		read(t, filepath.Join(dir, "d", "f")) != "new" {
		t.Errorf("the link is %v (%v)", info, err)
	}
}

// A link that leads up, out of a folder that is a link itself, leads up from where that folder is.
func TestReplaceBehindALinkedFolder(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "real", "deep")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "f"), "old", 0o644)
	put(t, filepath.Join(dir, "real", "f"), "old", 0o644)
	if err := os.Symlink(deep, filepath.Join(dir, "d")); err != nil {
		t.Skip("no links here:", err)
	}
	if err := os.Symlink(filepath.Join("..", "f"), filepath.Join(deep, "l")); err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{"d" + sep + "l", "d" + sep + ".." + sep + "f"} {
		was, now := []string{"old", "new", "newer"}[i], []string{"old", "new", "newer"}[i+1]
		if err := Replace(dir+sep+path, []byte(was), []byte(now)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if far, near := read(t, filepath.Join(dir, "real", "f")), read(t, filepath.Join(dir, "f")); far != now ||
			near != "old" {
			t.Errorf("%s: the file says %q, the other one %q", path, far, near)
		}
	}
}

const sep = string(filepath.Separator)

func TestLinksInACircleEnd(t *testing.T) {
	link := filepath.Join(t.TempDir(), "l")
	if err := os.Symlink("l", link); err != nil {
		t.Skip("no links here:", err)
	}
	if err := Create(link, nil); err == nil {
		t.Error("no error")
	}
}

// Neither a folder that cannot be written to nor a missing one is made or left half written.
func TestErrorsNameNoTemporaryFile(t *testing.T) {
	err := Create(filepath.Join(t.TempDir(), "none", "f"), nil)
	if !errors.Is(err, fs.ErrNotExist) || errors.As(err, new(*fs.PathError)) {
		t.Errorf("%v", err)
	}
	if runtime.GOOS != "windows" && os.Getuid() != 0 {
		dir := t.TempDir()
		os.Chmod(dir, 0o500)
		if err := Create(filepath.Join(dir, "f"), nil); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%v", err)
		}
	}
}
