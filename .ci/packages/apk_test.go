package packages

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// TestApk reads the apk that APK names as apk-tools does, which Debian does not have: two archives one behind the
// other, of which the first says what the package is and the sum of the second, where each file brings its own sum.
func TestApk(t *testing.T) {
	name := os.Getenv("APK")
	if name == "" {
		t.Skip("APK names no package; .ci/packages/check does")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	control, rest := member(t, data)
	files, rest := member(t, rest)
	if len(rest) > 0 {
		t.Errorf("%d bytes behind the second archive", len(rest))
	}
	info := string(entries(t, control.content, func(h *tar.Header, content []byte) {
		if h.Name != ".PKGINFO" {
			t.Errorf("the first archive has %s, and apk would run or refuse it", h.Name)
		}
	})[".PKGINFO"])
	for _, line := range []string{"pkgname = wasplug", "arch = x86_64", "license = Apache-2.0",
		fmt.Sprintf("datahash = %x", sha256.Sum256(files.packed))} {
		if !strings.Contains(info, line+"\n") {
			t.Errorf(".PKGINFO lacks %q:\n%s", line, info)
		}
	}
	for line := range strings.Lines(info) {
		if line != "\n" && line[0] != '#' && !strings.Contains(line, " = ") {
			t.Errorf(".PKGINFO has a line that is no key and value: %s", line)
		}
	}
	if strings.Contains(info, "\ndepend = ") {
		t.Errorf("it depends on something:\n%s", info)
	}
	// Archives are read as one: what ends the first would hide the second.
	if zeros := make([]byte, 1024); bytes.HasSuffix(control.content, zeros) {
		t.Error("the first archive has an end")
	}
	entries(t, files.content, func(h *tar.Header, content []byte) {
		said, sum := h.PAXRecords["APK-TOOLS.checksum.SHA1"], fmt.Sprintf("%x", sha1.Sum(content))
		if h.Typeflag == tar.TypeReg && said != sum {
			t.Errorf("%s has the sum %q, its content %s", h.Name, said, sum)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Mode&0o022 != 0 {
			t.Errorf("%s belongs to %d:%d, mode %o", h.Name, h.Uid, h.Gid, h.Mode)
		}
	})
}

// archive is one of the archives of a package, as it is packed and unpacked.
type archive struct{ packed, content []byte }

// member takes the first archive from what is packed, and returns what is behind it.
func member(t *testing.T, data []byte) (a archive, rest []byte) {
	t.Helper()
	source := bufio.NewReader(bytes.NewReader(data))
	unpacked, err := gzip.NewReader(source)
	if err != nil {
		t.Fatal(err)
	}
	unpacked.Multistream(false)
	if a.content, err = io.ReadAll(unpacked); err != nil {
		t.Fatal(err)
	}
	rest, _ = io.ReadAll(source)
	a.packed = data[:len(data)-len(rest)]
	return a, rest
}

// entries reads an archive, and returns what is in its files.
func entries(t *testing.T, content []byte, look func(*tar.Header, []byte)) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(content)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if all[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		look(h, all[h.Name])
	}
}
