package lab_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/database/pgtest"
	"github.com/wasplug/wasplug/lab/store/grid/redistest"
)

// supervise runs a lab of three members, of which one is stopped, and perhaps a grid, says what there is, and waits to
// be killed.
func supervise(grid string) error {
	l, err := lab.Start(context.Background(), options(file("m1", "m2", "m3"), func(o *lab.Options) {
		switch grid {
		case "":
		case "postgres":
			o.Sessions, o.Database = endOfService("database"),
				lab.Database{Kind: grid, DSN: os.Getenv("SUPERVISE_DSN")}
		default:
			o.Sessions, o.Grid = endOfService("grid"), lab.Grid{Kind: grid}
		}
	}))
	if err != nil {
		return err
	}
	if err := l.Member("m2").Stop(); err != nil {
		return err
	}
	fmt.Println(l.Folder())
	for _, m := range l.Members() {
		fmt.Println(m.Pid())
	}
	fmt.Println("end")
	select {}
}

// TestNobodyOutlives: when the supervisor is killed with -9, no member is there 2 s later, not even a stopped one, and
// nothing of a grid.
func TestNobodyOutlives(t *testing.T) {
	t.Parallel()
	for grid, processes := range map[string]int{"": 3, "jetstream": 6, "redis": 4} {
		t.Run(grid, func(t *testing.T) {
			t.Parallel()
			if grid == "redis" {
				redistest.Program(t)
			}
			nobodyOutlives(t, grid, processes)
		})
	}
}

func nobodyOutlives(t *testing.T, grid string, processes int) {
	folder, pids := killSupervisor(t, grid)
	defer os.RemoveAll(folder)
	if len(pids) != processes {
		t.Fatalf("%d processes ran, want %d", len(pids), processes)
	}
	gone(t, pids)
}

// killSupervisor lets another process run a lab and kills it with -9. It leaves its folder, and these processes for a
// while.
func killSupervisor(t *testing.T, grid string) (folder string, pids []int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "supervise", grid)
	out, err := cmd.StdoutPipe()
	if err == nil {
		cmd.Stderr = t.Output()
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	folder = lines.Text()
	for lines.Scan() && lines.Text() != "end" {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	cmd.Process.Kill()
	cmd.Wait()
	return folder, pids
}

// gone waits for the end of processes. They have seconds; the limit is for a machine that does much else.
func gone(t *testing.T, pids []int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for _, pid := range pids {
		for runs(t, pid) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d outlives its supervisor", pid)
			}
			<-tick.C
		}
	}
}

// TestLeftBehind: the next lab takes away what one left that was killed with -9: its folder, and its schema where it
// can be reached. What lives, or is nobody's, stays.
func TestLeftBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	alive := start(t, file("m1"), nil)
	foreign := filepath.Join(os.TempDir(), "wasplug-lab-of-somebody")
	if err := os.Mkdir(foreign, 0o700); err != nil {
		t.Fatal(err)
	}
	dead, pids := killSupervisor(t, "")
	gone(t, pids)
	start(t, file("m1"), nil)
	for path, want := range map[string]bool{alive.Folder(): true, foreign: true, dead: false} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", path, err == nil, want)
		}
	}
}

// TestSchemaLeftBehind: a schema waits for a lab that can reach its database.
func TestSchemaLeftBehind(t *testing.T) {
	dsn := pgtest.DSN(t)
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("SUPERVISE_DSN", dsn)
	dead, pids := killSupervisor(t, "postgres")
	gone(t, pids)
	start(t, file("m1"), nil)
	name, err := os.ReadFile(filepath.Join(dead, "schema"))
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dead, "*")); len(left) != 2 {
		t.Errorf("beside its lock and the name of its schema there is more: %q", left)
	}
	start(t, file("m1"), func(o *lab.Options) {
		o.Sessions, o.Database = endOfService("database"), lab.Database{Kind: "postgres", DSN: dsn}
	})
	if _, err := os.Stat(dead); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
	if dropped, err := database.DropSchema(t.Context(), dsn, string(name)); dropped || err != nil {
		t.Errorf("the schema was there: %t, %v", dropped, err)
	}
}

// runs reports whether a process is there, other than as a zombie that waits to be reaped by whoever got it.
func runs(t *testing.T, pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if os.IsNotExist(err) {
		if _, err := os.Stat("/proc/self/stat"); err != nil {
			t.Skip("this system has no /proc to look for processes in")
		}
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return err == nil && !strings.HasPrefix(state, "Z")
}

// TestFolder: nobody else may look into the run's folder, and it is gone afterwards; one that was asked for stays.
func TestFolder(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "kept")
	for _, keep := range []string{"", kept} {
		l, err := lab.Start(t.Context(), options(file("m1"), func(o *lab.Options) { o.Keep = keep }))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(l.Folder())
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(l.Folder()); os.IsNotExist(err) != (keep == "") {
			t.Errorf("keep %q: afterwards %v", keep, err)
		}
	}
}

// TestLoopback: every port that a lab or a member of it listens on is one of the loopback interface.
func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, grid := range []string{"", "jetstream", "redis"} {
		t.Run(grid, func(t *testing.T) {
			t.Parallel()
			if grid == "redis" {
				redistest.Program(t)
			}
			l := start(t, file("m1", "m2"), func(o *lab.Options) {
				if grid != "" {
					o.Sessions, o.Grid = endOfService("grid"), lab.Grid{Kind: grid}
				}
			})
			pids := []int{os.Getpid()}
			for _, m := range l.Members() {
				pids = append(pids, m.Pid())
			}
			for _, pid := range pids {
				for _, address := range listening(t, pid) {
					if !strings.HasSuffix(address, "7F") { // the last byte of 127.x.y.z, as the kernel writes it
						t.Errorf("process %d listens on %s", pid, address)
					}
				}
			}
		})
	}
	if _, err := lab.Start(t.Context(),
		options(file("m1"), func(o *lab.Options) { o.Listen = "0.0.0.0:0" })); err == nil ||
		!strings.Contains(err.Error(), "loopback") {
		t.Errorf("got %v", err)
	}
}

// listening are the addresses that a process listens on, in the kernel's form; it must listen somewhere. The kernel
// tells its table in pieces, and what comes and goes meanwhile can hide a line: then it is asked again.
func listening(t *testing.T, pid int) (addresses []string) {
	for limit := time.Now().Add(time.Minute); len(addresses) == 0; addresses = listeningNow(t, pid) {
		if time.Now().After(limit) {
			t.Errorf("process %d listens nowhere", pid)
			break
		}
	}
	return addresses
}

func listeningNow(t *testing.T, pid int) (addresses []string) {
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(fds) == 0 {
		t.Skip("this system has no /proc to look for ports in")
	}
	sockets := map[string]bool{}
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil {
			sockets[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	for _, table := range []string{"tcp", "tcp6"} {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) > 9 && f[3] == "0A" && sockets[f[9]] {
				host, _, _ := strings.Cut(f[1], ":")
				addresses = append(addresses, host)
			}
		}
	}
	return addresses
}
