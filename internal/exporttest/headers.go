package exporttest

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
)

// smuggled are headers by which a client would tell members what they believe of the plug-in alone: in other letter
// case, twice, folded, without a value, named by Connection, in trailers.
var smuggled = []string{
	"$WSRA: 6.6.6.6", "$wsra: 6.6.6.6", "$WsRa: 6.6.6.6", "$WSRU: 6.6.6.6", "$WSCC: 6.6.6.6", "$WSAT: 6.6.6.6",
	"$WSIS: 6.6.6.6", "$WSSC: 6.6.6.6", "$WSSN: 6.6.6.6", "$WSSP: 6.6.6.6", "$WSPR: 6.6.6.6", "$WSPC: 6.6.6.6",
	"$WSSI: 6.6.6.6", "$WSCS: 6.6.6.6", "$WSRH: 6.6.6.6", "$WSFO: 6.6.6.6", "$WSPT: 6.6.6.6",
	"$WSXY: 6.6.6.6", "$wsxy: 6.6.6.6", "$WS: 6.6.6.6", "$WSRA: 6.6.6.6\r\n$WSRA: 6.6.6.6", "$WSRA:\r\n 6.6.6.6",
	"X-A: b\r\n $WSRA: 6.6.6.6", "Connection: $WSRA, $WSIS\r\n$WSRU: 6.6.6.6",
	"$WSXY: 6.6.6.6\r\n$WSZZ:", "$WSZZ:\r\n$WSXY: 6.6.6.6", "$WSXY: 6.6.6.6\r\n$wsxy:", "$WSXY:\r\n$wsxy: 6.6.6.6",
	"$WSXY: 6.6.6.6\r\n$WSRA:\r\n$WSZZ: ", "$WSXY:", "$wsxy:\t6.6.6.6\r\n$WSxY:\r\n$WSXY: 6.6.6.6",
	"$WSXY:\r\n\t6.6.6.6\r\n$WSZZ:\r\n ", "X-A:\r\n$WSXY: 6.6.6.6\r\nX-B:", "Cookie: $WSXY\r\n$WSXY: 6.6.6.6\r\n$WS:",
	"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n$WSXY: 6.6.6.6\r\n$WSRA: 6.6.6.6\r\n$WSZZ:", // in trailers
	"Connection: close, $WSSN\r\n$WSXY: 6.6.6.6\r\n$WSSN:" + strings.Repeat("\r\n$WSZZ:", 40),
}

// arriving are lines that a member gets for each kind of --headers.
var arriving = map[string][]string{
	"ws": {"\r\n$WSIS: false\r\n", "$WSSC: http\r\n", "$WSRA: 127.0.0.1\r\n", "$WSSN: shop.example\r\n",
		"$WSSP: 80\r\n"},
	"forwarded": {"X-Forwarded-For: 127.0.0.1\r\n", "X-Forwarded-Proto: http\r\n"},
	"both":      {"$WSPR: HTTP/1.1\r\n", "X-Forwarded-Host: shop.example:80\r\n"},
	"none":      {"GET /shop/%61x?q=1 HTTP/1.1\r\n", "Host: shop.example:80\r\n", "X-Own: kept\r\n"},
}

// headerKinds has a member get the lines of each kind of --headers, and no private header of a client; "none" adds
// nothing.
func (d *Daemon) headerKinds(t *testing.T) {
	for kind, lines := range arriving {
		head := d.headers(t, export.Options{Headers: kind})
		for _, line := range lines {
			if name, value, ok := strings.Cut(line, ": "); ok && d.LowerCase && !strings.Contains(name, "$") {
				line = strings.ToLower(name) + ": " + value
			}
			if !strings.Contains(head, line) {
				t.Errorf("--headers %s: no %q in\n%s", kind, line, head)
			}
		}
		if kind == "none" && (strings.Contains(head, "$") || strings.Contains(strings.ToLower(head), "forwarded")) {
			t.Errorf("--headers none: %s", head)
		}
	}
}

// headers sends private headers as a client, and returns the head that a member got without any. None of the client's
// may arrive, be it only its name.
func (d *Daemon) headers(t *testing.T, opt export.Options) string {
	m, xml := start(t, routingXML)
	address := d.serve(t, xml, opt)
	ask(t, address, question{Host: "shop.example:80", Target: "/shop/%61x?q=1", Headers: []string{"X-Own: kept"}})
	own := m.Recorder.Since(0)[0].Head
	for _, line := range smuggled {
		ask(t, address, question{Host: "shop.example", Target: "/shop/x", Headers: []string{line}})
	}
	names := strings.ToLower(own)
	for _, seen := range m.Recorder.Since(1) {
		for line := range strings.Lines(seen.Head) {
			name, value, _ := strings.Cut(strings.ToLower(line), ":")
			if strings.HasPrefix(name, "$ws") &&
				(strings.Contains(value, "6.6.6.6") || !strings.Contains(names, "\r\n"+name+":")) {
				t.Errorf("%s gets %q of a client", seen.Member, line)
			}
		}
	}
	return own
}
