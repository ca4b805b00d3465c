package exporttest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

// sizes are files whose requests are to cost a daemon much the same: few Uris and many of all kinds, two clusters and
// 200. Two Routes have ten Uris each, which are of all kinds.
var sizes = []struct {
	name string
	args []string
}{
	{"20 Uris, 2 clusters", []string{"--uris", "20", "--routes", "2", "--clusters", "2", "--members", "2"}},
	{"20,000 Uris, 2 clusters", []string{"--clusters", "2", "--members", "2"}},
	{"20,000 Uris, 200 clusters", []string{"--clusters", "200", "--members", "2"}},
}

const (
	costRounds   = 11   // of each file, in turn: what else the machine does meets all of them
	costRequests = 4000 // in a round
)

// Cost measures the CPU of a daemon for a request, over files of several sizes, and says it; it is no bound, as a
// machine that does much else disturbs it.
func (d *Daemon) Cost(t *testing.T) {
	if !sharedtest.Everything() {
		t.Skip("WASPLUG_LONG=all measures it")
	}
	program := d.Find(t)
	var served []*costed
	for _, size := range sizes {
		served = append(served, d.costed(t, program, size.args))
	}
	for range costRounds {
		for _, s := range served {
			s.round(t)
		}
	}
	for i, s := range served {
		slices.Sort(s.each)
		t.Logf("%s, %s: %v a request, at least %v", d.Name, sizes[i].name, s.each[len(s.each)/2], s.each[0])
	}
}

// costed is a daemon that serves a file, and what its rounds have cost.
type costed struct {
	process  *os.Process
	address  string
	requests []string // HOST:PORT PATH
	each     []time.Duration
}

var transportPort = regexp.MustCompile(`(<Transport[^>]*)\bPort="[0-9]+"`)

// costed starts a daemon on a file of a size, before one member that all servers of the file are.
func (d *Daemon) costed(t *testing.T, program string, args []string) *costed {
	m, _ := start(t, "PORT(m)")
	_, at, _ := strings.Cut(m.ByName["m"].Address(), ":")
	xml := hostname.ReplaceAllString(string(sharedtest.Large(t, args...)), `Hostname="`+loopback+`"`)
	xml = transportPort.ReplaceAllString(xml, `${1}Port="`+at+`"`)
	xml = strings.ReplaceAll(xml, `Protocol="https"`, `Protocol="http"`)
	listen, dir := Front(t, 80), t.TempDir()
	d.export(t, xml, dir, export.Options{Headers: "ws", Listen: []export.Listen{listen}})
	s := &costed{address: listen.Address("")}
	s.process = d.run(t, program, dir, s.address)
	text := string(sharedtest.Large(t, append(args, "--requests", fmt.Sprint(costRequests))...))
	s.requests = strings.Split(strings.TrimSpace(text), "\n")
	s.round(t) // a first one warms up
	s.each = nil
	return s
}

// costClients are so many that the daemon has always something to do: one that waits finds nothing of its own in the
// processor's cache.
const costClients = 16

// round sends all requests over some connections.
func (s *costed) round(t *testing.T) {
	before := s.cpu(t)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: costClients}}
	defer client.CloseIdleConnections()
	var clients sync.WaitGroup
	for part := range slices.Chunk(s.requests, len(s.requests)/costClients+1) {
		clients.Go(func() {
			if err := s.send(t.Context(), client, part); err != nil {
				t.Error(err)
			}
		})
	}
	if clients.Wait(); t.Failed() {
		t.FailNow()
	}
	s.each = append(s.each, (s.cpu(t)-before)/time.Duration(len(s.requests)))
}

// send sends requests one after the other, each with a session of nobody, so that the daemon looks for its member.
func (s *costed) send(ctx context.Context, client *http.Client, requests []string) error {
	for _, line := range requests {
		host, path, _ := strings.Cut(line, " ")
		rq, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+path, nil)
		if err != nil {
			return err
		}
		rq.Host = host
		rq.Header.Set("Cookie", "JSESSIONID=0000id:x")
		answer, err := client.Do(rq)
		if err != nil {
			return err
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	return nil
}

// cpu is what the daemon's processes have had of a processor: those of its process group, in which it was started.
// schedstat counts nanoseconds, where stat has a hundredth of a second.
func (s *costed) cpu(t *testing.T) (sum time.Duration) {
	stats, err := filepath.Glob("/proc/[0-9]*/task/*/schedstat")
	if err != nil || len(stats) == 0 {
		t.Skip("this system does not say in /proc what a process costs")
	}
	for _, path := range stats {
		group, err := os.ReadFile(filepath.Join(filepath.Dir(path), "stat"))
		if err != nil || processGroup(string(group)) != s.process.Pid {
			continue // it has ended, or is another one's
		}
		var ran time.Duration
		if text, err := os.ReadFile(path); err == nil {
			fmt.Sscan(string(text), &ran)
		}
		sum += ran
	}
	return sum
}

// processGroup is the group in a line of /proc/PID/stat: the name of the program before it may hold anything.
func processGroup(stat string) (group int) {
	var state string
	var parent int
	_, rest, _ := strings.Cut(stat[strings.LastIndexByte(stat, ')')+1:], " ")
	fmt.Sscan(rest, &state, &parent, &group)
	return group
}
