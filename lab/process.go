package lab

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/system"
)

// State is what has become of a member.
type State string

// The states of a member.
const (
	Dead     State = "dead"
	Starting State = "starting"
	Up       State = "up"
	Stopped  State = "stopped" // by a signal: its port takes connections, nobody answers
)

const (
	// startLimit is, by real time as all of them, from the start of a process to its ready line. It is far: a process
	// that cannot serve ends, and one that lives is slow, or the machine is.
	startLimit = 2 * time.Minute
	stopLimit  = 20 * time.Second // from SIGTERM to SIGKILL, which is an error
	// controlLimit is for an order and its answer: a look of the writing thread may have many sessions to write.
	controlLimit = 30 * time.Second
)

// Member is a server of the file, and the process that stands for it now. A replicator, a server of the grid or a
// Redis is one, too, with nothing in the file.
type Member struct {
	Name, Cluster, CloneID string

	lab        *Lab
	replicator bool          // gets no requests
	redis      *redisProgram // what runs in place of a member; nil: a member, or a server of the grid
	spec       member.Spec
	release    []func() // of the ports that are kept for it

	mu      sync.Mutex
	state   State
	lives   uint64   // processes that were started with a seed; the next one draws other IDs
	running *running // nil before the first start
}

// running is one life of a member. The goroutine that started the process (live) stays with it, and closes the
// channels.
type running struct {
	cmd   *exec.Cmd // its standard input stays open: the end of it is the end of the member
	said  tail
	ready chan struct{} // closed when it serves
	gone  chan struct{} // closed when it has been reaped
}

// InGrid reports that the process is no member: it keeps sessions of the grid for the members.
func (m *Member) InGrid() bool { return m.redis != nil || m.spec.GridServer != nil }

// Replicates reports a member that holds copies only, and gets no requests (L12).
func (m *Member) Replicates() bool { return m.replicator }

// Forgets reports that a process which dies takes all sessions along that it keeps for the members.
func (m *Member) Forgets() bool { return m.redis != nil }

// Start starts a process: the first one, or another after a member's death, on the same ports and with the same clone
// ID. It returns when the member serves, or when it is gone again; the error then has what it said last.
func (m *Member) Start(ctx context.Context) error {
	r, err := m.launch()
	if err != nil {
		return fmt.Errorf("%s cannot be started: %w", m.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	select {
	case <-r.ready:
		return nil
	case <-r.gone:
		err = errors.New("it ended")
	case <-ctx.Done():
		err = ctx.Err()
		r.cmd.Process.Kill()
		<-r.gone
	}
	return fmt.Errorf("%s did not start: %w%s", m.Name, err, r.said.quoted())
}

// launch starts the process and reads what it says. What the process is to be goes to its standard input, which only
// the supervisor holds: the system closes it when the supervisor ends, and that ends the member. A Redis knows no
// such thing and has its input closed, for it reads it to the end; it ends with the thread that started it
// (EndWithParent).
func (m *Member) launch() (*running, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != Dead {
		return nil, errors.New("it runs")
	}
	r := &running{ready: make(chan struct{}), gone: make(chan struct{})}
	told, err := m.command(r)
	if err != nil {
		return nil, err
	}
	system.Detach(r.cmd)
	if m.redis != nil {
		system.EndWithParent(r.cmd)
	}
	r.cmd.Stderr = &r.said
	stdin, err := r.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started := make(chan error)
	go m.live(r, stdout, started)
	if err := <-started; err != nil {
		return nil, err
	}
	m.running, m.state = r, Starting
	stdin.Write(told) // what goes wrong with it shows in the member's end
	if m.redis != nil {
		stdin.Close()
	}
	return r, nil
}

// command is what to start, and what is written to its standard input.
func (m *Member) command(r *running) (told []byte, err error) {
	if m.redis != nil {
		r.cmd = exec.Command(m.redis.path, "-")
		r.cmd.Dir = m.redis.folder
		return m.redis.settings(), nil
	}
	r.cmd = exec.Command(m.lab.opt.Executable, "lab", "member")
	r.cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(m.lab.share()))
	spec := m.spec
	spec.Start += m.lab.advanced()
	if spec.Seed != 0 { // another life draws other session IDs
		spec.Seed += m.lives << 48
		m.lives++
	}
	return json.Marshal(spec)
}

// share is how many processors a process may use: all have one machine, and threads that wait for each other on it
// cost more than they give.
func (l *Lab) share() int { return max(1, runtime.NumCPU()/len(l.members)) }

// live starts a process and stays with it until it has ended, on one thread: where the system ends a process with its
// parent, the thread is meant.
func (m *Member) live(r *running, stdout io.Reader, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := r.cmd.Start()
	started <- err
	if err == nil {
		m.follow(r, stdout)
	}
}

// follow takes in what a process says until it ends, and reaps it. A member says nothing before it serves, so its
// first line shows that it does; a Redis says that it serves in one of its lines. The end of the output is that of the
// process.
func (m *Member) follow(r *running, stdout io.Reader) {
	lines := bufio.NewReader(stdout)
	for ready := false; ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		if !ready && (m.redis == nil || m.redis.isReady(line)) {
			ready = true
			m.becomes(Up, r)
			close(r.ready)
		}
		if m.redis != nil {
			r.said.Write(line)
			continue
		}
		m.lab.tell(m.Name, bytes.TrimSpace(line))
	}
	r.cmd.Wait()
	m.becomes(Dead, r)
	close(r.gone)
}

// becomes notes a state of a process, unless another one runs meanwhile.
func (m *Member) becomes(s State, r *running) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.running == r {
		m.state = s
	}
}

// alive is the process that runs: what is signalled was started here and is not reaped yet, or os.Process refuses.
func (m *Member) alive() (*running, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == Dead {
		return nil, fmt.Errorf("%s is dead", m.Name)
	}
	return m.running, nil
}

// Kill ends the process as kill -9 does, and returns when it is gone: reaped, so that nothing answers at its port any
// more.
func (m *Member) Kill() error {
	r, err := m.alive()
	if err != nil {
		return err
	}
	r.cmd.Process.Kill()
	<-r.gone
	return nil
}

// Stop halts the process (SIGSTOP): its port still takes connections, and nobody answers.
func (m *Member) Stop() error { return m.signal(system.Halt, Stopped) }

// Continue lets a halted process go on (SIGCONT).
func (m *Member) Continue() error { return m.signal(system.Resume, Up) }

// signal sends a signal and notes the state that follows from it.
func (m *Member) signal(send func(*os.Process) error, then State) error {
	r, err := m.alive()
	if err == nil {
		err = send(r.cmd.Process)
	}
	if err == nil {
		m.becomes(then, r)
	}
	return err
}

// Shutdown stops the member in order (SIGTERM): it writes what it has to write. One that does not end within 20 s, or
// until ctx ends, is killed. A stopped one is let go on, or it would not hear.
func (m *Member) Shutdown(ctx context.Context) error {
	r, err := m.alive()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	system.Terminate(r.cmd.Process)
	system.Resume(r.cmd.Process)
	select {
	case <-r.gone:
		return nil
	case <-ctx.Done():
		r.cmd.Process.Kill()
		<-r.gone
		return fmt.Errorf("%s did not stop in time and was killed", m.Name)
	}
}

// Keeps says in words where the member keeps its sessions.
func (m *Member) Keeps() string {
	switch s := &m.spec.Store; {
	case m.redis != nil:
		return "a Redis that keeps the sessions, in its memory only"
	case m.spec.GridServer != nil:
		return "a server of the grid, one of " + strconv.Itoa(gridServers)
	case m.replicator:
		return "holds copies for the others"
	case s.Kind == "grid":
		return "sessions in the grid, written by " + string(m.spec.Session.WriteFrequency)
	case s.Kind == "database":
		return "sessions in a database, written by " + string(m.spec.Session.WriteFrequency)
	case s.Kind == "replication":
		return "sessions replicated to other members, written by " + string(m.spec.Session.WriteFrequency)
	}
	return "sessions in its memory only"
}

// Outside is where the member keeps its sessions outside of all members, database or grid, which can be told to be
// down for it; "" for nowhere.
func (m *Member) Outside() string {
	if kind := m.spec.Store.Kind; kind == "database" || kind == "grid" {
		return kind
	}
	return ""
}

// Cookie is the session cookie, NAME=VALUE, of a session that only this member has served.
func (m *Member) Cookie(cacheID int, id string) string {
	c := &m.spec.Session
	served := m.CloneID
	if m.spec.Partition != "" {
		served = m.spec.Partition
	}
	return fmt.Sprintf("%s=%04d%s%s%s", c.Cookie, cacheID, id, c.CloneSeparator, served)
}

// State is what has become of the member. One that killed itself is found dead when it has been reaped.
func (m *Member) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state
}

// Died is closed when the process that runs now has ended.
func (m *Member) Died() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.running.gone
}

// Pid is that of the process, 0 where none runs.
func (m *Member) Pid() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == Dead {
		return 0
	}
	return m.running.cmd.Process.Pid
}

// Control orders something of the member: /fault, /tick, /state and so on (section 7 of the specification). What only
// looks is a GET.
func (m *Member) Control(ctx context.Context, path, query string) ([]byte, error) {
	if m.redis != nil {
		return []byte("{}"), nil // it takes no orders, and says nothing
	}
	method := http.MethodPost
	if path == "/seen" || path == "/state" {
		method = http.MethodGet
	}
	rq, err := http.NewRequestWithContext(ctx, method, "http://"+m.spec.Control+path+"?"+query, nil)
	if err != nil {
		return nil, err
	}
	rq.Header.Set("Authorization", "Bearer "+m.spec.Token)
	answer, err := m.lab.client.Do(rq)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", m.Name, bytes.TrimSpace(body))
	}
	return body, err
}

// tail keeps the last that a process said to standard error: 4096 bytes, enough for the end of a panic.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailLength = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(len(t.text)-tailLength, 0):]
	return len(p), nil
}

// quoted is what was said, as the end of a message.
func (t *tail) quoted() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.text) == 0 {
		return ""
	}
	return "; it said:\n" + strings.TrimRight(string(t.text), "\n")
}
