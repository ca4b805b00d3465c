package check

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// client is a browser that counts: it keeps cookies, follows no redirect and sends nothing twice by itself. One
// goroutine sends; answers are guarded by run.mu.
type client struct {
	name    string
	o       *Options
	http    *http.Client
	member  string // that answered last
	cookie  string // value of the session cookie
	answers []answer
}

// answer is what a request came to.
type answer struct {
	sent, got time.Time // of the request, and of the last byte of its answer
	status    int       // 0: none came
	count     int64     // -1: the page shows none
	member    string
	cookie    string // that the client has afterwards
	set       *Attributes
	err       string // why it is no good
	text      string // the beginning of the page
}

func (a *answer) good() bool { return a.err == "" }

// newClient is a browser before its first request. It goes through the proxy that the environment names, as a browser
// of that machine does, and believes in certificates what Options say.
func newClient(name string, o *Options) *client {
	jar, _ := cookiejar.New(nil) // it never fails without a list of public suffixes
	return &client{name: name, o: o, http: &http.Client{Jar: jar, Timeout: o.Timeout,
		// A connection of its own for each request: a client of Go sends again what a kept one loses.
		Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true, Proxy: http.ProxyFromEnvironment,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: o.Insecure, RootCAs: o.Trusted}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// send counts once. It gives an answer in any case; a header named Host goes where net/http wants it.
func (c *client) send(ctx context.Context) *answer {
	a := &answer{sent: time.Now(), count: -1}
	rq, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.URL, nil)
	if err == nil {
		for name, values := range c.o.Header {
			if rq.Header[name] = values; textproto.CanonicalMIMEHeaderKey(name) == "Host" {
				rq.Host = values[0]
				delete(rq.Header, name)
			}
		}
		err = c.receive(rq, a)
	}
	if a.got = time.Now(); err != nil {
		a.err, a.status = err.Error(), 0 // half an answer is none
	}
	a.member = c.member
	if a.status != 0 {
		c.learn(rq.URL, a)
	}
	a.cookie = c.cookie
	return a
}

// maxPage is as much as is read of a page; a count must come before that.
const maxPage = 4 << 20

// receive sends the request and reads its answer. An error is that no whole answer came; an answer that is no good
// says so in a.err.
func (c *client) receive(rq *http.Request, a *answer) error {
	rs, err := c.http.Do(rq)
	if whole := (*url.Error)(nil); errors.As(err, &whole) {
		return distrusted(whole.Err) // the rest is the URL, with its query
	}
	if err != nil {
		return err
	}
	defer rs.Body.Close()
	page, err := io.ReadAll(io.LimitReader(rs.Body, maxPage))
	if err != nil {
		return err
	}
	a.status = rs.StatusCode
	a.text = strings.Join(strings.Fields(string(page[:min(len(page), 4096)])), " ")
	_, a.set = setCookie(rs.Header, c.o.Cookie)
	if a.count, a.err = c.o.count(rs, page); a.good() && c.o.named() {
		c.member = c.o.called(c.o.answeredBy(rs, page))
	}
	return nil
}

// distrusted says what can be done about a certificate that is not believed.
func distrusted(err error) error {
	if wrong := (*tls.CertificateVerificationError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("%w: name the authority's certificate with --ca FILE, or accept any with --insecure", err)
	}
	return err
}

// named reports that the answers themselves say who answers.
func (o *Options) named() bool { return o.WhoFrom != "" || o.Who != nil }

// answeredBy is what an answer calls its server.
func (o *Options) answeredBy(rs *http.Response, page []byte) string {
	if who := rs.Header.Get(o.WhoFrom); who != "" {
		return who
	}
	return o.find(page)
}

// find looks for who answers in a page.
func (o *Options) find(page []byte) string {
	if o.Who == nil {
		return ""
	}
	if m := o.Who.FindSubmatch(page); m != nil {
		return string(m[1])
	}
	return ""
}

// called is what people call a server.
func (o *Options) called(name string) string {
	if n := o.Names[name]; n != "" {
		return n
	}
	return name
}

// count reads the count of a page, -1 and why not where there is none.
func (o *Options) count(rs *http.Response, page []byte) (n int64, wrong string) {
	if rs.StatusCode != http.StatusOK {
		wrong = "HTTP " + strconv.Itoa(rs.StatusCode)
		if to := rs.Header.Get("Location"); to != "" {
			wrong += " to " + to
		}
		return -1, wrong
	}
	m := o.Count.FindSubmatch(page)
	if m == nil {
		return -1, "no count on the page"
	}
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil || n < 0 {
		return -1, fmt.Sprintf("the count is %.40q, and no number from 0 on", m[1])
	}
	return n, ""
}

// learn takes in the cookie that an answer leaves behind, and by it who answered where nothing else tells: a clone ID
// that was not there before is that of who has just taken the session over (S9).
func (c *client) learn(from *url.URL, a *answer) {
	now := ""
	for _, k := range c.http.Jar.Cookies(from) {
		if k.Name == c.o.Cookie {
			now = k.Value
		}
	}
	if !c.o.named() && a.good() && now != "" {
		v := c.o.Form.read(now)
		var before *value
		if c.cookie != "" {
			b := c.o.Form.read(c.cookie)
			before = &b
		}
		c.member = c.o.called(v.server(before, c.member))
	}
	a.member, c.cookie = c.member, now
}
