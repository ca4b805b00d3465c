package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// These tests hold the writers of the real program to what they promise: a file of the user's is never lost, half
// written or given away.

// untidy is a file that fmt lays out anew and that lint repairs, with that many further servers.
func untidy(servers int) string {
	var b strings.Builder
	b.WriteString("<Config>\n<VirtualHostGroup Name=\"v\"><VirtualHost Name=\"*:80\"/></VirtualHostGroup>\n" +
		"<ServerCluster Name=\"C\" LoadBalance=\"round robin\">")
	for i := range servers + 1 {
		fmt.Fprintf(&b,
			"<Server Name=\"m%d\"><Transport Port=\"9080\" Hostname=\"h%d\" Protocol=\"http\"/></Server>\n", i, i)
	}
	b.WriteString("</ServerCluster><UriGroup Name=\"u\"><Uri Name=\"/a\"/></UriGroup>\n<Route ServerCluster=\"C\" " +
		"UriGroup=\"u\" VirtualHostGroup=\"v\"/></Config>\n")
	return b.String()
}

// wasplug is the real program with arguments, not yet started; umask is as in sh, "" for that of the test.
func wasplug(t *testing.T, umask string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "wasplug")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	if umask != "" {
		return exec.Command("/bin/sh", append([]string{"-c", "umask " + umask + `; exec "$@"`, "sh", program},
			args...)...)
	}
	return exec.Command(program, args...)
}

// alone checks that a folder holds these files and no other, such as a temporary one.
func alone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(names) {
		t.Errorf("%v %v, want %v", entries, err, names)
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A file that somebody else changes after lint has read it, and before it is repaired, is left as it is now. The
// second file is a pipe: when the program opens it, it has read the first.
func TestLintFixAndConcurrentEdit(t *testing.T) {
	dir := t.TempDir()
	file, pipe := filepath.Join(dir, "plugin-cfg.xml"), filepath.Join(dir, "second.xml")
	put(t, file, untidy(0))
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipes here:", err)
	}
	cmd := wasplug(t, "", "lint", "--fix", file, pipe)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // until the program opens it
	if err != nil {
		t.Fatal(err)
	}
	theirs := strings.Replace(untidy(0), "/a", "/theirs", 1)
	put(t, file, theirs)
	w.WriteString("<Config/>\n")
	w.Close()
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitFailed ||
		!strings.Contains(out.String(), "somebody else has changed it meanwhile") || text(t, file) != theirs {
		t.Errorf("exit code %d\n%s\nthe file says\n%s", code, &out, text(t, file))
	}
	alone(t, dir, file, pipe)
}

// watchFile returns a function that waits for an event of inotify on a path.
func watchFile(t *testing.T, path string, events uint32) (wait func()) {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err == nil {
		_, err = syscall.InotifyAddWatch(fd, path, events)
	}
	if err != nil {
		t.Skip("no inotify here:", err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	return func() {
		if _, err := syscall.Read(fd, make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
}

// fmt -w compares once more before it replaces a file: the program is stopped when it has read the file, and goes on
// when that has changed.
func TestFmtAndConcurrentEdit(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "plugin-cfg.xml")
	mine := untidy(20000)
	theirs := strings.Replace(mine, "/a", "/theirs", 1)
	for range 20 {
		put(t, file, mine)
		wait := watchFile(t, file, syscall.IN_CLOSE_NOWRITE)
		cmd := wasplug(t, "", "fmt", "-w", file)
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wait()
		cmd.Process.Signal(syscall.SIGSTOP)
		late := text(t, file) != mine // the program was too fast
		if !late {
			put(t, file, theirs)
		}
		cmd.Process.Signal(syscall.SIGCONT)
		cmd.Wait()
		alone(t, dir, file)
		if late {
			continue
		}
		if code := cmd.ProcessState.ExitCode(); code != exitFailed ||
			!strings.Contains(out.String(), "somebody else has changed it meanwhile") || text(t, file) != theirs {
			t.Errorf("exit code %d: %s", code, &out)
		}
		return
	}
	t.Skip("the program is too fast to be stopped in between")
}

// A program that is ended while it writes leaves neither half a file nor a temporary one, and ends by the signal.
func TestSignalWhileWriting(t *testing.T) {
	input := filepath.Join(t.TempDir(), "plugin-cfg.xml")
	put(t, input, untidy(8000))
	for sig, old := range map[syscall.Signal]string{syscall.SIGINT: "", syscall.SIGTERM: "digraph of before\n",
		syscall.SIGHUP: ""} {
		t.Run(fmt.Sprintf("%v, %q before", sig, old), func(t *testing.T) {
			for range 30 {
				if endedWhileWriting(t, input, old, sig) {
					return
				}
			}
			t.Skip("the program is too fast to be stopped in between")
		})
	}
}

// endedWhileWriting reports whether the program could be stopped between the making of its temporary file and the end
// of that.
func endedWhileWriting(t *testing.T, input, old string, sig syscall.Signal) bool {
	dir := t.TempDir()
	output := filepath.Join(dir, "out.dot")
	var names []string
	if old != "" {
		put(t, output, old)
		names = []string{output}
	}
	wait := watchFile(t, dir, syscall.IN_CREATE)
	cmd := wasplug(t, "", "graph", "--format", "dot", "--force", "-o", output, input)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	wait()
	cmd.Process.Signal(syscall.SIGSTOP)
	entries, _ := os.ReadDir(dir)
	half := len(entries) > len(names)
	for _, e := range entries {
		half = half && (strings.HasSuffix(e.Name(), ".tmp") || old != "" && text(t, output) == old)
	}
	cmd.Process.Signal(sig)
	cmd.Process.Signal(syscall.SIGCONT)
	cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled() && status.Signal() == sig:
		// the file was in place, whole
		if b, err := os.ReadFile(output); err == nil && strings.HasSuffix(string(b), "}\n") {
			alone(t, dir, output)
			return false
		}
		alone(t, dir, names...)
		if old != "" && text(t, output) != old {
			t.Error("half a file")
		}
		return half
	case status.ExitStatus() == exitFine: // it had put the file in place before the signal came
		alone(t, dir, output)
		if !strings.HasSuffix(text(t, output), "}\n") {
			t.Error("half a file")
		}
		return false
	}
	t.Errorf("ended with %v", status)
	return true
}

// Owner, group and mode of a file that is repaired stay; a new one is as the umask says; a link stays a link, even one
// that leads nowhere.
func TestWhoseFileItIs(t *testing.T) {
	for _, args := range [][]string{{"lint", "--fix", "--fail-on", "never"}, {"fmt", "-w"}} {
		file := filepath.Join(t.TempDir(), "plugin-cfg.xml")
		put(t, file, untidy(0))
		if err := os.Chmod(file, 0o640); err != nil {
			t.Fatal(err)
		}
		owner := os.Getuid()
		if owner == 0 {
			owner = 4711
			if err := os.Chown(file, owner, owner+1); err != nil {
				t.Skip("no other owners here:", err)
			}
		}
		if out, err := wasplug(t, "077", append(args, file)...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if s := info.Sys().(*syscall.Stat_t); text(t, file) == untidy(0) || int(s.Uid) != owner || os.Getuid() == 0 &&
			int(s.Gid) != owner+1 || info.Mode().Perm() != 0o640 {
			t.Errorf("%v: owner %d, group %d, mode %v", args, s.Uid, s.Gid, info.Mode())
		}
	}
	for umask, want := range map[string]os.FileMode{"077": 0o600, "027": 0o640, "000": 0o666} {
		dir := t.TempDir()
		input, link, target := filepath.Join(dir, "plugin-cfg.xml"), filepath.Join(dir, "link"),
			filepath.Join(dir, "out.txt")
		put(t, input, untidy(0))
		if err := os.Symlink("out.txt", link); err != nil {
			t.Skip("no links here:", err)
		}
		if out, err := wasplug(t, umask, "graph", "-o", link, input).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		info, err := os.Lstat(target)
		if to, lerr := os.Readlink(link); err != nil || lerr != nil || to != "out.txt" || info.Mode().Perm() != want {
			t.Errorf("umask %s: %v %v, link to %q %v", umask, info, err, to, lerr)
		}
	}
}
