//go:build unix && !aix

package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// secureSite is the real proxy before one member, over http or https to either side.
type secureSite struct {
	*running
	front   string // address of the listener
	tls     bool   // of the listener
	admin   string // URL of the status page
	config  string // path of the file
	reached chan string
	over    chan struct{} // the test is
}

// oddMember holds what a path says, and tells that the request has come.
func (s *secureSite) oddMember(w http.ResponseWriter, rq *http.Request) {
	if rq.URL.Path == "/well" {
		io.WriteString(w, "ok")
		return
	}
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	switch rq.URL.Path {
	case "/tunnel":
		io.WriteString(c, "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
	case "/half":
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
	case "/chunk":
		io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf")
	case "/head":
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le")
	}
	s.reached <- rq.URL.Path
	switch rq.URL.Path {
	case "/endless":
		_, err = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		for err == nil {
			_, err = io.WriteString(c, strings.Repeat("x", 1<<16))
		}
	case "/unread":
		<-s.over
	default:
		io.Copy(io.Discard, c) // until the proxy ends it
	}
}

// startSite starts the proxy under limits of the shell; more are further arguments.
func startSite(t *testing.T, front, back, limits string, more ...string) *secureSite {
	t.Helper()
	s := &secureSite{tls: front == "https", reached: make(chan string, 256), over: make(chan struct{})}
	t.Cleanup(func() { close(s.over) })
	member := httptest.NewUnstartedServer(http.HandlerFunc(s.oddMember))
	member.Config.ErrorLog = log.New(io.Discard, "", 0)
	if back == "https" {
		member.StartTLS()
	} else {
		member.Start()
	}
	t.Cleanup(member.CloseClientConnections)
	dir := t.TempDir()
	ring := filepath.Join(dir, "ring.pem")
	s.config = filepath.Join(dir, "plugin-cfg.xml")
	put(t, ring, string(testCertificate()))
	host, port, _ := strings.Cut(member.Listener.Addr().String(), ":")
	s.rewrite(fmt.Sprintf(
		`<Config><Property Name="PluginInstallRoot" Value=%q/><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/>
</VirtualHostGroup>
<ServerCluster Name="C"><Server Name="a"><Transport Hostname=%q Port=%q Protocol=%q>
<Property Name="keyring" Value=%q/></Transport></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/*"/></UriGroup><Route VirtualHostGroup="v" UriGroup="u" ServerCluster="C"/>
</Config>`, dir, host, port, back, ring))
	args := []string{"proxy", "-c", s.config, "--admin", "127.0.0.1:0"}
	if s.tls {
		cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
		writePair(t, cert, key)
		args = append(args, "--tls-listen", "127.0.0.1:0=80", "--cert", cert, "--key", key)
	} else {
		args = append(args, "--listen", "127.0.0.1:0=80")
	}
	s.running = runLimited(t, limits, append(args, more...)...)
	s.admin = s.find(`status page on (http://\S+)/`)
	s.front = s.find(`listening on https?://(\S+);`)
	return s
}

// writePair writes a certificate and its key.
func writePair(t *testing.T, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"shop"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	put(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	put(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})))
}

func (s *secureSite) rewrite(xml string) {
	if err := os.WriteFile(s.config, []byte(xml), 0o600); err != nil {
		panic(err)
	}
}

// siteClient is a connection of a client.
type siteClient struct {
	net.Conn
	br *bufio.Reader
	t  *testing.T
}

func (s *secureSite) client() *siteClient {
	s.t.Helper()
	c, err := s.connect()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	return &siteClient{c, bufio.NewReader(c), s.t}
}

// ask sends a request, one for a tunnel where the path says so, and reads the answer. Status 0 is a connection that
// ended.
func (c *siteClient) ask(path string) (status int, body string) {
	head := "GET " + path + " HTTP/1.1\r\nHost: shop\r\n"
	if path == "/tunnel" {
		head += "Connection: upgrade\r\nUpgrade: websocket\r\n"
	}
	io.WriteString(c, head+"\r\n")
	rs, err := http.ReadResponse(c.br, nil)
	if err != nil {
		return 0, ""
	}
	if rs.StatusCode != 101 {
		b, _ := io.ReadAll(rs.Body)
		body = string(b)
	}
	return rs.StatusCode, body
}

// connect connects to the proxy.
func (s *secureSite) connect() (net.Conn, error) {
	c, err := net.Dial("tcp", s.front)
	if err != nil || !s.tls {
		return c, err
	}
	secure := tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	if err := secure.Handshake(); err != nil {
		c.Close()
		return nil, err
	}
	return secure, nil
}

// A busy state of a connection is one in which somebody waits for somebody else: what the client sends, and whether
// the member gets a request.
type busyState struct {
	name, sent string
	reaches    bool
}

// busy is a function: its 50 MB would be made at the start of each program of a script, too.
func busy() []busyState {
	return []busyState{
		{"a tunnel", "GET /tunnel HTTP/1.1\r\nHost: shop\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello",
			true},
		{"a member that says nothing", "GET /silent HTTP/1.1\r\nHost: shop\r\n\r\n", true},
		{"half a head of an answer", "GET /head HTTP/1.1\r\nHost: shop\r\n\r\n", true},
		{"half an answer", "GET /half HTTP/1.1\r\nHost: shop\r\n\r\n", true},
		{"half a chunk of an answer", "GET /chunk HTTP/1.1\r\nHost: shop\r\n\r\n", true},
		{"an answer that the client does not read", "GET /endless HTTP/1.1\r\nHost: shop\r\n\r\n", true},
		{"half a head", "GET /well HTTP/1.1\r\nHost: sh", false},
		{"half a small body", "POST /well HTTP/1.1\r\nHost: shop\r\nContent-Length: 100\r\n\r\nhalf", false},
		{"half a chunk", "POST /well HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf", false},
		{"half a body on its way", "POST /silent HTTP/1.1\r\nHost: shop\r\nContent-Length: 1000000\r\n\r\n" +
			strings.Repeat("x", 300000), true},
		{"a body that the member does not read",
			"POST /unread HTTP/1.1\r\nHost: shop\r\nContent-Length: 50000000\r\n\r\n" + strings.Repeat("x", 49000000),
			true},
	}
}

// SIGTERM ends the program within --grace, whatever connections wait for, over TLS on either side too, and a second
// signal ends it at once.
func TestProxyStops(t *testing.T) {
	t.Parallel()
	for _, front := range []string{"http", "https"} {
		for _, back := range []string{"http", "https"} {
			if !sharedtest.Long() && front != back {
				continue
			}
			t.Run(front+" to "+back, func(t *testing.T) {
				t.Parallel()
				s := startSite(t, front, back, "", "--grace", "200ms")
				s.occupy()
				s.signal(syscall.SIGTERM)
				if err := s.cmd.Wait(); err != nil {
					t.Errorf("ended with %v", err)
				}
			})
			t.Run(front+" to "+back+", twice", func(t *testing.T) {
				t.Parallel()
				s := startSite(t, front, back, "", "--grace", "1h")
				s.occupy()
				s.signal(syscall.SIGTERM)
				for c, err := net.Dial("tcp", s.front); err == nil; c, err = net.Dial("tcp", s.front) {
					c.Close() // until it takes no more
				}
				s.signal(syscall.SIGTERM)
				s.cmd.Wait()
				if status := s.cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() ||
					status.Signal() != syscall.SIGTERM {
					t.Errorf("ended as %v", status)
				}
			})
		}
	}
}

// occupy brings a connection into each of the states of busy.
func (s *secureSite) occupy() {
	if s.tls { // one that never finishes its handshake
		c, err := net.Dial("tcp", s.front)
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { c.Close() })
		io.WriteString(c, "\x16\x03\x01")
	}
	for _, b := range busy() {
		c := s.client()
		if status, _ := c.ask("/well"); status != 200 {
			s.t.Fatalf("%s: %d", b.name, status)
		}
		go io.WriteString(c, b.sent)
		if b.reaches {
			<-s.reached
		}
	}
}

// A process that has few descriptors refuses politely before they run out; where --max-clients lets them run out all
// the same, the requests that need one are answered 503. Nobody is marked down, and all works again when clients have
// left, over TLS on either side too.
func TestProxyDescriptors(t *testing.T) {
	for _, front := range []string{"http", "https"} {
		for _, back := range []string{"http", "https"} {
			if !sharedtest.Long() && front != back {
				continue
			}
			t.Run(front+" to "+back, func(t *testing.T) {
				s := startSite(t, front, back, "ulimit -n 64")
				s.exhaust("/well", 60)
			})
			t.Run(front+" to "+back+", run out", func(t *testing.T) {
				s := startSite(t, front, back, "ulimit -n 96", "--max-clients", "1000")
				s.exhaust("/tunnel", 60)
			})
		}
	}
}

// exhaust connects so many clients, lets each ask for a path, and sees that some are served, some refused, and all
// when these have left.
func (s *secureSite) exhaust(path string, n int) {
	s.t.Helper()
	var clients []*siteClient
	statuses := map[int]int{}
	for range n { // one after the other: refusals at once are bounded, too
		c := s.client()
		clients = append(clients, c)
		status, _ := c.ask("/well")
		if statuses[status]++; status != 200 {
			c.Close()
		}
	}
	if path != "/well" {
		clear(statuses)
		for _, c := range clients {
			status, _ := c.ask(path)
			statuses[status]++
		}
	}
	if served := statuses[200] + statuses[101]; served < 4 || statuses[503] == 0 || served+statuses[503] != n {
		s.t.Errorf("answers by status: %v", statuses)
	}
	for _, c := range clients {
		c.Close()
	}
	for status := 0; status != 200; { // until the proxy has seen that they left
		if c, err := s.connect(); err == nil {
			status, _ = (&siteClient{c, bufio.NewReader(c), s.t}).ask("/well")
			c.Close()
		}
	}
	if _, body := statusOf(s.t, s.admin+"/status.json"); strings.Contains(string(body), `"marked": true`) {
		s.t.Errorf("a member is marked down: %s", body)
	}
}
