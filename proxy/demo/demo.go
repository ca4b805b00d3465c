// Package demo is the sample topology of the documents with members that run in this process: what "wasplug proxy
// --demo" shows. It knows how a member answers and makes sessions, and nothing of how a proxy chooses one. It listens
// on the loopback interface.
package demo

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/wasplug/wasplug/internal/port"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/generation"
)

// Demo is the sample topology of the documents, two members behind one web server, with members that run in this
// process.
type Demo struct {
	members []*member
	mu      sync.Mutex // guards serial, and the servers and sessions of members
	serial  int        // of the session that was begun last
}

// member is an application server of one page. It keeps sessions as WebSphere does without persistence: in memory,
// so they are gone when it stops, and a member that gets a session of another makes a new one, with an ID and a clone
// list of its own (S9, S15).
type member struct {
	name, clone string
	address     string          // the same after a stop: the configuration names it
	release     func()          // of its port, which nobody else gets while the member is stopped
	server      *http.Server    // nil: stopped
	sessions    map[string]bool // the values of their cookies; gone with the server
}

// Start starts the members on free ports of the loopback interface.
func Start() (*Demo, error) {
	d := &Demo{}
	for _, m := range []*member{
		{name: "PluginMember1", clone: "v544d031"}, {name: "PluginMember2", clone: "v544d0o0"},
	} {
		var err error
		if m.address, m.release, err = port.Reserve("127.0.0.1:0"); err == nil {
			d.members = append(d.members, m)
			err = d.start(m)
		}
		if err != nil {
			d.Close()
			return nil, err
		}
	}
	return d, nil
}

// start lets a member serve; the caller holds the lock, or nobody else has the Demo yet.
func (d *Demo) start(m *member) error {
	l, err := net.Listen("tcp", m.address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.answer(m, w, r)
	})}
	m.server = server
	go server.Serve(l)
	return nil
}

// Close stops the members.
func (d *Demo) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.members {
		m.stop()
		m.release()
	}
	return nil
}

func (m *member) stop() {
	if m.server != nil {
		m.server.Close()
		m.server, m.sessions = nil, nil
	}
}

// answer is the application: two paths that stop and start members, so that a reader needs no second tool, and a page
// for everything else.
func (d *Demo) answer(m *member, w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch r.URL.Path {
	case "/snoop/stop":
		text := m.name + " stops now\n"
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		io.WriteString(w, text)
		// a member that closes before its answer is out would send the request on, and stop the other one, too
		w.(http.Flusher).Flush()
		go d.stopOne(m)
		return
	case "/snoop/start":
		d.startAll(w)
		return
	}
	session := d.session(m, r)
	http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: session, Path: "/", HttpOnly: true})
	fmt.Fprintf(w, "%s (clone ID %s) served %s, session %s, failover %t\n", m.name, m.clone, r.URL.Path, session,
		r.Header.Get("$Wsfo") != "")
}

// stopOne waits for the lock, which the answer that announces it holds to its end.
func (d *Demo) stopOne(m *member) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m.stop()
}

func (d *Demo) startAll(w http.ResponseWriter) {
	for _, m := range d.members {
		if m.server != nil {
			continue
		}
		if err := d.start(m); err != nil {
			fmt.Fprintln(w, err)
			continue
		}
		fmt.Fprintf(w, "%s runs again; it is tried when its retry interval of 10 s has passed\n", m.name)
	}
}

// session is the cookie that the member answers with: that of the request where it has the session, else a new one.
func (d *Demo) session(m *member, r *http.Request) string {
	if c, err := r.Cookie("JSESSIONID"); err == nil && m.sessions[c.Value] {
		return c.Value
	}
	d.serial++
	value := fmt.Sprintf("0000DemoSession%04d:%s", d.serial, m.clone)
	if m.sessions == nil {
		m.sessions = map[string]bool{}
	}
	m.sessions[value] = true
	return value
}

// Source is the configuration of the demo.
func (d *Demo) Source() generation.Source {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<Config RefreshInterval="60">
   <VirtualHostGroup Name="default_host"><VirtualHost Name="*:*"/></VirtualHostGroup>
   <ServerCluster LoadBalance="Round Robin" Name="PluginCluster" RetryInterval="10">
`)
	for _, m := range d.members {
		host, port, _ := net.SplitHostPort(m.address)
		fmt.Fprintf(&b, "      <Server CloneID=%q ConnectTimeout=\"5\" Name=%q ServerIOTimeout=\"60\">"+
			"<Transport Hostname=%q Port=%q Protocol=\"http\"/></Server>\n", m.clone, m.name, host, port)
	}
	b.WriteString(`      <PrimaryServers><Server Name="PluginMember1"/><Server Name="PluginMember2"/></PrimaryServers>
   </ServerCluster>
   <UriGroup Name="snoop_URIs"><Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="/snoop/*"/></UriGroup>
   <Route ServerCluster="PluginCluster" UriGroup="snoop_URIs" VirtualHostGroup="default_host"/>
</Config>
`)
	src := []byte(b.String())
	return generation.Source{Read: func(parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
		files := diag.NewFiles()
		cfg, ds := parser.Parse(files.Add("demo-plugin-cfg.xml", src), src)
		return cfg, files, ds, nil
	}, Stamp: func() (string, error) { return "", nil }}
}

// Help says what to try at the address of the proxy; page is the URL of its status page.
func (d *Demo) Help(address, page string) string {
	return fmt.Sprintf(`Two members run behind the proxy. Try, in another terminal:

   curl -i http://%[1]s/snoop                 # a new session; look at the clone ID behind its last colon
   curl -b jar -c jar http://%[1]s/snoop      # a few times: the session stays with its member
   curl -b jar -c jar http://%[1]s/snoop/stop # that member stops
   curl -b jar -c jar http://%[1]s/snoop      # the other one has to begin a new session: nothing is persistent
   curl http://%[1]s/snoop/start              # and comes back; the new session stays where it is
   curl -i http://%[1]s/elsewhere             # no Route: declined

The status page %[2]s shows what each of them does. Ctrl-C ends it.
`, address, page)
}
