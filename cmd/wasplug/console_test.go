package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/port"
)

// console runs the commands of one block of a document, as a reader who types them, one after the other:
//
//	$ wasplug proxy --demo --listen 127.0.0.1:8080 &     runs on; what it has printed until it is ready stands below
//	$ curl -s http://127.0.0.1:8080/snoop                where curl is installed
//	$ wasplug lsp < FILE                                 FILE is standard input
//	$ kill %1                                            ends the first command that runs on
//
// In a block with a command that runs on, other ports of 127.0.0.1 take the place of those that are written, and in
// every block a folder of the test that of /tmp/.
type console struct {
	t       *testing.T
	asRun   *strings.Replacer // what is written to what is run
	written *strings.Replacer // and back
	jobs    []*job
}

var loopbackPort = regexp.MustCompile(`127\.0\.0\.1:(\d{4,5})\b`)

func newConsole(t *testing.T, block string) *console {
	var there, back []string
	if strings.Contains(block, "/tmp/") {
		own := t.TempDir() + string(filepath.Separator)
		dir := filepath.ToSlash(own) // what is run is split as a shell would: no backslashes
		if strings.ContainsAny(dir, " '\"\\") {
			t.Skipf("not run: the folder of the test, %s, would have to be quoted", dir)
		}
		there, back = append(there, "/tmp/", dir), append(back, dir, "/tmp/", own, "/tmp/")
	}
	if strings.Contains(block, " &\n") {
		seen := map[string]bool{}
		for _, at := range loopbackPort.FindAllString(block, -1) {
			if seen[at] {
				continue
			}
			seen[at] = true
			kept, release, err := port.Reserve("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(release)
			there, back = append(there, at, kept), append(back, kept, at)
		}
	}
	return &console{t: t, asRun: strings.NewReplacer(there...), written: strings.NewReplacer(back...)}
}

// run runs a command and returns what it prints; of one that runs on, what it prints until that is as wanted. Where ok
// is false it was not run.
func (s *console) run(command, want string) (output string, ok bool) {
	command = s.asRun.Replace(command)
	switch line, runsOn := strings.CutSuffix(command, " &"); {
	case strings.HasPrefix(command, "kill %"):
		s.kill(strings.Fields(command)[1:])
		return "", true
	case runsOn:
		j := s.start(splitWords(s.t, line))
		s.jobs = append(s.jobs, j)
		shown := func(out string) bool { return matchesElided(s.written.Replace(out), want) }
		return j.until(s.t, shown, s.written), true
	case strings.HasPrefix(command, "curl "):
		if _, err := exec.LookPath("curl"); err != nil {
			s.t.Logf("not run, since curl is not installed: %s", command)
			return "", false
		}
		words := splitWords(s.t, command)
		// no proxy of the environment, and no wait without end
		out, _ := exec.Command(words[0], append([]string{"--max-time", "60", "--noproxy", "*"}, words[1:]...)...).
			CombinedOutput()
		return s.written.Replace(strings.ReplaceAll(string(out), "\r", "")), true
	}
	for _, prefix := range []string{"wasplug ", "go run ./cmd/wasplug "} {
		if rest, found := strings.CutPrefix(command, prefix); found {
			var out bytes.Buffer
			line, file, _ := strings.Cut(rest, " < ")
			run(context.Background(), append([]string{"wasplug"}, splitWords(s.t, line)...), s.input(file), &out, &out)
			return s.written.Replace(strings.ReplaceAll(out.String(), "\r", "")), true
		}
	}
	return "", false
}

// input is standard input: a file, or nothing.
func (s *console) input(file string) io.Reader {
	if file == "" {
		return strings.NewReader("")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	return bytes.NewReader(data)
}

// kill ends commands that run on, %1 %2, and waits until they have ended.
func (s *console) kill(names []string) {
	for _, name := range names {
		n, err := strconv.Atoi(strings.TrimPrefix(name, "%"))
		if err != nil || n < 1 || n > len(s.jobs) {
			s.t.Fatalf("kill %s: no such command", name)
		}
		s.jobs[n-1].end()
	}
}

// close ends what the block has left running.
func (s *console) close() {
	for _, j := range s.jobs {
		j.end()
	}
}

// job is a command that runs on, in this process.
type job struct {
	cancel context.CancelFunc
	ended  chan struct{}
	wrote  chan struct{} // has one entry while there is something new
	mu     sync.Mutex
	out    bytes.Buffer
}

func (s *console) start(words []string) *job {
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{cancel: cancel, ended: make(chan struct{}), wrote: make(chan struct{}, 1)}
	go func() {
		defer close(j.ended)
		run(ctx, words, strings.NewReader(""), j, j)
	}()
	return j
}

func (j *job) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	select {
	case j.wrote <- struct{}{}:
	default:
	}
	return j.out.Write(p)
}

func (j *job) printed() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.out.String()
}

// until waits for what is wanted, and returns what was printed then, or when the command has ended, or a minute later.
func (j *job) until(t *testing.T, ready func(string) bool, written *strings.Replacer) string {
	limit := time.After(time.Minute)
	for {
		out := j.printed()
		if ready(out) {
			return written.Replace(out)
		}
		select {
		case <-j.wrote:
		case <-j.ended:
			return written.Replace(j.printed())
		case <-limit:
			t.Error("what is to run on is not ready after a minute")
			return written.Replace(out)
		}
	}
}

func (j *job) end() {
	j.cancel()
	<-j.ended
}
