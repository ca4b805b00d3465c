//go:build unix && !aix

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TRACE reaches a member with --allow-trace alone; the access log says why it was refused, and shows a URL in the
// request line as it came.
func TestProxyTrace(t *testing.T) {
	member := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, rq *http.Request) {
		fmt.Fprint(w, rq.Method, " ", rq.RequestURI, " ", rq.Host)
	}))
	defer member.Close()
	host, port, _ := strings.Cut(strings.TrimPrefix(member.URL, "http://"), ":")
	config, log := filepath.Join(t.TempDir(), "plugin-cfg.xml"), filepath.Join(t.TempDir(), "access.log")
	os.WriteFile(config,
		fmt.Appendf(nil, `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="a"><Transport Hostname="%s" Port="%s" Protocol="http"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/*"/></UriGroup><Route VirtualHostGroup="v" UriGroup="u" ServerCluster="C"/>
</Config>`, host, port), 0o600)
	for flag, want := range map[string]string{"--allow-trace": "200 TRACE /a", "": "405 "} {
		args := []string{"proxy", "-c", config, "--listen", "127.0.0.1:0=80", "--access-log", log}
		if flag != "" {
			args = append(args, flag)
		}
		r := runProgram(t, args...)
		base := r.find(`listening on (http://\S+);`)
		status, allow, body := send(t, base, "TRACE", "/a")
		if got := fmt.Sprint(status, " ", body); !strings.HasPrefix(got, want) || (allow != "") != (status == 405) {
			t.Errorf("%q: %s, Allow %q", flag, got, allow)
		}
		_, _, body = send(t, base, "GET", "http://shop/b") // the Host field is that of the URL
		if body != "GET /b shop" {
			t.Errorf("a URL in the request line: the member got %q", body)
		}
	}
	text, _ := os.ReadFile(log)
	for _, line := range []string{`"GET http://shop/b HTTP/1.1" 200 `, `"TRACE /a HTTP/1.1" 405 `,
		`cause="TRACE is not allowed (--allow-trace)"`} {
		if !strings.Contains(string(text), line) {
			t.Errorf("the access log has no %s:\n%s", line, text)
		}
	}
}

// send sends a request whose target may be a URL.
func send(t *testing.T, base, method, target string) (status int, allow, body string) {
	t.Helper()
	rq, err := http.NewRequest(method, base+"/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(target, "://") {
		rq.URL.Opaque, rq.Host = target, "shop"
	}
	rs, err := http.DefaultClient.Do(rq)
	if err != nil {
		t.Fatal(err)
	}
	defer rs.Body.Close()
	content, _ := io.ReadAll(rs.Body)
	return rs.StatusCode, rs.Header.Get("Allow"), string(content)
}
