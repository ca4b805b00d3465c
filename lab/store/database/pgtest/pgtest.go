// Package pgtest gives tests a PostgreSQL server, one for all tests of a package, where the machine has the programs.
// The environment variable WASPLUG_PG_DSN names another that is used instead.
package pgtest

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wasplug/wasplug/internal/port"
	"github.com/wasplug/wasplug/lab/store/database"
)

// Schema returns the DSN of an empty schema that is dropped at the end of the test, on the server of all tests.
func Schema(t testing.TB) string {
	t.Helper()
	dsn, drop, err := database.CreateSchema(t.Context(), DSN(t),
		fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return dsn
}

var schemas atomic.Int32

// DSN is that of the server of all tests of the package, which the first one starts and the end of the process ends.
func DSN(t testing.TB) string {
	t.Helper()
	if dsn := os.Getenv("WASPLUG_PG_DSN"); dsn != "" {
		return dsn
	}
	return ours(t).dsn
}

// Stop is a power cut of the server, until Continue starts it again over what it had. Both are for a test that runs
// alone.
func Stop(t testing.TB)     { order(t, "stop") }
func Continue(t testing.TB) { order(t, "start") }

// order tells the script to stop the server or to start it, and waits until that is done.
func order(t testing.TB, word string) {
	t.Helper()
	if os.Getenv("WASPLUG_PG_DSN") != "" {
		t.Skip("the server of WASPLUG_PG_DSN is not ours to stop")
	}
	if err := ours(t).tell(word); err != nil {
		t.Fatal(err)
	}
}

// ours is the server of this process. A machine without PostgreSQL skips the test; one whose PostgreSQL does not
// start fails it.
func ours(t testing.TB) *server {
	t.Helper()
	s, err := shared()
	if errors.Is(err, errAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	shared    = sync.OnceValues(start)
	errAbsent = errors.New("PostgreSQL is not installed (initdb, pg_ctl)")
)

type server struct {
	dsn     string
	orders  io.Writer // its end is the server's end
	answers *bufio.Scanner
}

func (s *server) tell(word string) error {
	if _, err := fmt.Fprintln(s.orders, word); err != nil {
		return err
	}
	if !s.answers.Scan() || s.answers.Text() != "done" {
		return fmt.Errorf("PostgreSQL did not %s: %s", word, s.answers.Text())
	}
	return nil
}

//go:embed server.sh
var script string

// start runs the script, which ends the server when this process ends, however that comes.
func start() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	folder, shell, err := place()
	if err != nil {
		return nil, err
	}
	address, _, err := port.Reserve("127.0.0.1:0") // while this process lives
	if err != nil {
		return nil, err
	}
	_, number, _ := net.SplitHostPort(address)
	cmd := exec.Command(shell[0], append(shell[1:], "-c", script, "server", bin, folder, number)...)
	cmd.Dir = folder
	s := &server{dsn: "postgres://lab@" + address + "/postgres?sslmode=disable"}
	if s.orders, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.answers = bufio.NewScanner(out)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.tell("start")
}

// programs finds the folder of initdb. Debian does not put it on the path.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errAbsent
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// place is a folder for the server and the shell that may run it there: PostgreSQL refuses to run as root, so root
// becomes the user postgres that Debian's package makes.
func place() (folder string, shell []string, err error) {
	if folder, err = os.MkdirTemp("", "wasplug-pg-"); err != nil || os.Getuid() != 0 {
		return folder, []string{"sh"}, err
	}
	postgres, err := user.Lookup("postgres")
	if err != nil {
		return "", nil, err
	}
	id, err := strconv.Atoi(postgres.Uid)
	if err != nil {
		return "", nil, err
	}
	return folder, strings.Fields("runuser -u postgres -- sh"), os.Chown(folder, id, -1)
}
