package forms_test

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/report/forms"
)

// TestSecrets: what belongs to users is left out of lines of a log, and nothing else.
func TestSecrets(t *testing.T) {
	for line, want := range map[string]string{
		"TRACE:    Cookie: JSESSIONID=0000abcdefgh:c1; theme=dark": "TRACE:    Cookie: JSESSIONID=0000…",
		"TRACE:    Set-Cookie: JSESSIONID=0000abcdefgh:c1; Path=/": "TRACE:    Set-Cookie: JSESSIONID=0000…",
		"TRACE:    Cookie: theme=dark":                             "TRACE:    Cookie: …",
		"TRACE:    Authorization: Basic dXNlcjpwYXNz":              "TRACE:    Authorization: …",
		"TRACE:    $WSRU: jdoe":                                    "TRACE:    $WSRU: …",
		"TRACE: GET /shop/cart?card=4111&x=1 HTTP/1.1":             "TRACE: GET /shop/cart?… HTTP/1.1",
		"Comparing '/a/*' to '/a/b;jsessionid=0000abcdefgh:c1'":    "Comparing '/a/*' to '/a/b;jsessionid=0000…'",
		"Looking for cookie: 'JSESSIONID'":                         "Looking for cookie: 'JSESSIONID'",
		"ERROR: no home of 0000A2MB8IJ7EJaFGbXpzRSRb7c:c1:c2 here": "ERROR: no home of 0000… here",
		"Parsed session id '0001A2MB8IJ7EJ-FGbXpzRS_b7c'":          "Parsed session id '0001…'",
		"took /logs/2026-11-29-http_plugin_of_web1.log":            "took /logs/2026-11-29-http_plugin_of_web1.log",
		"Marking node_m1 down":                                     "Marking node_m1 down",
	} {
		if got := forms.Secrets(false).Line(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
		if got := forms.Secrets(true).Line(line); got != line {
			t.Errorf("%q: %q with secrets", line, got)
		}
	}
	if hide := forms.Secrets(false); hide.ID("0000abcd") != "0000…" || hide.URI("/a;jsessionid=1?x") != "/a" {
		t.Error(hide.ID("0000abcd"), hide.URI("/a;jsessionid=1?x"))
	}
}
