package exporttest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// question is a request and what it brings.
type question struct {
	Method, Host, Target string
	Cookies              []string // values of Cookie headers
	Headers              []string // further lines
	Body                 string
}

// session is a cookie that names clone IDs.
func session(clones string) []string { return []string{"JSESSIONID=0000id:" + clones} }

// answer is what came back.
type answer struct {
	Status int
	Body   string
}

// patience is how long a daemon may take for one answer.
const patience = time.Minute

// ask puts a question over a connection of its own. A connection that is closed without an answer is tried once more,
// as clients do: HAProxy closes it where a stream to the last member was closed meanwhile.
func ask(t testing.TB, address string, q question) answer {
	t.Helper()
	a, err := once(address, q)
	if errors.Is(err, io.ErrUnexpectedEOF) && q.Body == "" {
		a, err = once(address, q)
	}
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return a
}

// once puts a question over a connection of its own.
func once(address string, q question) (answer, error) {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	return over(conn, q)
}

// over puts a question over a connection.
func over(conn net.Conn, q question) (a answer, err error) {
	var b strings.Builder
	if q.Method == "" {
		q.Method = "GET"
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", q.Method, q.Target, q.Host)
	for _, c := range q.Cookies {
		fmt.Fprintf(&b, "Cookie: %s\r\n", c)
	}
	for _, h := range q.Headers {
		fmt.Fprintf(&b, "%s\r\n", h)
	}
	if q.Body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(q.Body))
	}
	fmt.Fprintf(&b, "\r\n%s", q.Body)
	if _, err := io.WriteString(conn, b.String()); err != nil {
		return a, err
	}
	rs, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return a, err
	}
	defer rs.Body.Close()
	body, err := io.ReadAll(rs.Body)
	return answer{rs.StatusCode, string(body)}, err
}

// want is who may answer a question: the names of the members, "404" where no Route takes it. home: it is the one
// member that affinity names.
func want(t *match.Table, sem *choices.Assumptions, q question) (who []string, home bool) {
	rq := match.Request{Host: q.Host, Port: 80, Target: q.Target, Cookies: q.Cookies}
	m, ok := t.Match(&rq, sem)
	if !ok {
		return []string{"404"}, false
	}
	c := &t.Clusters[m.Cluster]
	cs := failover.NewState(c, sem, 1)
	f := failover.Begin(t, &rq, &m, 0, sem, nil)
	action := failover.Next(t, &cs, &f, 0, sem, nil)
	if f.By == failover.ByAffinity {
		return []string{c.Members[action.Member].Name}, true
	}
	for _, id := range c.Primary {
		who = append(who, c.Members[id].Name)
	}
	return who, false
}
