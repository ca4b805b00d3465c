package exporttest

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/port/porttest"
)

// Daemon is a program that an export is for.
type Daemon struct {
	Name string // of the program
	Args func(dir string) []string
	// Check are the arguments of its own check of a configuration.
	Check     func(dir string) []string
	LowerCase bool // it sends the names of headers small, those of private ones aside
	Write     Writer
	For       export.Version // what is written is for; an older program is not asked
	Version   string         // the argument by which it tells its version, "" -v
}

// Common has a daemon stand what every one must that is run: that it answers as the decision core says, what is made
// of odd files and of strangers', too; private headers, TLS, names that are words of its own, certificates of several
// names; and each concept is graded.
func (d *Daemon) Common(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"routing": d.routing, "odd": d.odd, "strangers": d.strangers, "headers": d.headerKinds, "TLS": d.overTLS,
		"corpus": d.corpus, "hostile": d.hostile, "grades": d.Grades, "several names": d.severalNames,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
}

// Writer writes an export.
type Writer func(*export.Plan, *export.Options) ([]export.File, []export.Loss, error)

// Find skips a test aloud where the program is not installed, or is too old. WASPLUG_NGINX=PATH, say, has another one
// asked than the one that is installed.
func (d *Daemon) Find(t testing.TB) string {
	t.Helper()
	path, err := os.Getenv("WASPLUG_"+strings.ToUpper(d.Name)), error(nil)
	if path == "" {
		path, err = exec.LookPath(d.Name)
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"} {
		if err != nil {
			path, err = exec.LookPath(filepath.Join(dir, d.Name))
		}
	}
	if err != nil {
		t.Skipf("%s is not installed: its export is written, not run", d.Name)
	}
	if v := version(t, path, cmp.Or(d.Version, "-v")); d.For != (export.Version{}) && v.Before(d.For) {
		t.Skipf("%s is %s: what is written for %s is not run", path, v, d.For)
	}
	return path
}

var versionText = regexp.MustCompile(`(?:/|version )([0-9]+\.[0-9]+(\.[0-9]+)?)`)

// version asks a program for its version.
func version(t testing.TB, program, argument string) export.Version {
	out, err := exec.Command(program, argument).CombinedOutput()
	found := versionText.FindSubmatch(out)
	if err != nil || found == nil {
		t.Fatalf("%s %s: %v\n%s", program, argument, err, out)
	}
	v, err := export.ReadVersion(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Front is an address for a daemon to listen on, and the port that requests to it count as sent to.
func Front(t testing.TB, as int) export.Listen {
	t.Helper()
	l, err := export.ReadListen(fmt.Sprint(porttest.Keep(t), "=", as))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// write writes an export for the version that the daemon has.
func (d *Daemon) write(plan *export.Plan, opt export.Options) ([]export.File, []export.Loss, error) {
	opt.Version = d.For
	return d.Write(plan, &opt)
}

// put writes the files of an export into a folder.
func put(t testing.TB, dir string, files []export.File) {
	t.Helper()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// export writes a configuration for the daemon into a folder.
func (d *Daemon) export(t testing.TB, xml, dir string, opt export.Options) {
	t.Helper()
	cfg, table, sem := load(t, xml)
	plan, err := export.NewPlan("plugin-cfg.xml", cfg, table, sem)
	if err != nil {
		t.Fatal(err)
	}
	opt.Dir = dir
	files, _, err := d.write(plan, opt)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, files)
}

// serve starts the daemon on an exported configuration, from a folder that is not that of its files, and returns where
// it listens.
func (d *Daemon) serve(t testing.TB, xml string, opt export.Options) (address string) {
	t.Helper()
	program, dir := d.Find(t), t.TempDir()
	if len(opt.Listen) == 0 {
		opt.Listen = []export.Listen{Front(t, 80)}
	}
	d.export(t, xml, dir, opt)
	d.run(t, program, dir, opt.Listen[0].Address(""))
	return opt.Listen[0].Address("")
}

// Start starts the daemon on what was exported into a folder, and waits until it listens on an address.
func (d *Daemon) Start(t testing.TB, dir, address string) {
	t.Helper()
	d.run(t, d.Find(t), dir, address)
}

// run starts the daemon and waits until it listens.
func (d *Daemon) run(t testing.TB, program, dir, address string) *os.Process {
	t.Helper()
	cmd := exec.Command(program, d.Args(dir)...)
	cmd.Dir = "/"
	var said lockedBuffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its workers end with it
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%s", d.Name, said.String())
		}
	})
	for end := time.Now().Add(patience); ; {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return cmd.Process
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", d.Name, err, said.String())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not listen on %s\n%s", d.Name, address, said.String())
		}
	}
}

// lockedBuffer is what a program says, read while it runs.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
