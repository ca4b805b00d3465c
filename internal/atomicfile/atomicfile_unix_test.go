//go:build unix

package atomicfile

import (
	"os"
	"path/filepath"
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

// What replaces a file that others may not read is closed to them while it is written.
func TestReplacementIsClosedToOthers(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	err := write(filepath.Join(t.TempDir(), "f"), []byte("secret"), ours, func(tmp *os.File) error {
		if info, err := tmp.Stat(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v (%v)", info.Mode(), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if ours&0o077 != 0 {
		t.Errorf("mode %v", ours)
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
