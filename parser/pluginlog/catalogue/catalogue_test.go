package catalogue

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// TestTable: every row is whole, its marks and sorts are known, and no number of a sort means two things.
func TestTable(t *testing.T) {
	names, numbers := map[string]bool{}, map[Sort]map[int32]string{GSK: {}, OSError: {}, Apache: {}}
	for _, e := range All() {
		for column, text := range map[string]string{"name": e.Name, "kind": e.Kind, "meaning": e.Meaning,
			"client": e.Client,
			"advice": e.Advice, "rule": e.Rule} {
			if text == "" || text != strings.TrimSpace(text) {
				t.Errorf("%s %s: %s is %q", e.Sort, e.Name, column, text)
			}
		}
		if !strings.Contains(" doc traced assumed recalled ", " "+e.Mark+" ") {
			t.Errorf("%s: mark %q", e.Name, e.Mark)
		}
		if names[e.Name] {
			t.Errorf("%s stands twice", e.Name)
		}
		names[e.Name] = true
		if (e.Sort == Line) != (len(e.Numbers) == 0) {
			t.Errorf("%s: sort %s with numbers %v", e.Name, e.Sort, e.Numbers)
		}
		for _, n := range e.Numbers {
			if other := numbers[e.Sort][n.Value]; other != "" && other != e.Name || n.Value <= 0 {
				t.Errorf("%s %d is %q and %q", e.Sort, n.Value, other, e.Name)
			}
			numbers[e.Sort][n.Value] = e.Name
		}
	}
	if len(names) < 90 {
		t.Errorf("only %d rows", len(names))
	}
}

// TestLines: the first row that fits a line is the one that says most.
func TestLines(t *testing.T) {
	for line, want := range map[string]string{
		"lib_stream: openStream: Failed in r_gsk_secure_soc_init: GSK_ERROR_BAD_CERT(gsk rc = " +
			"414)": "GSK_ERROR_BAD_CERT",
		"openStream: Failed in r_gsk_secure_soc_init: (gsk rc = 420)": "GSK_ERROR_SOCKET_CLOSED",
		"openStream: Failed in r_gsk_secure_soc_init: GSK_ERROR_NEW(gsk rc = 999)": "Failed " +
			"in r_gsk_secure_soc_init",
		"lib_security: logSSLError: str_security (gsk error 408):  " +
			"GSK_ERROR_BAD_KEYFILE_PASSWORD": "GSK_ERROR_BAD_KEYFILE_PASSWORD",
		"ws_server: serverSetFailoverStatus: Marking m1 down": "Marking * down",
		"websphereHandleRequest: Failed to execute the transaction to 'm'on host 'h'": "Failed to " +
			"execute the transaction to",
		"ws_transport: transportSetServerAddress: Failed to resolve address": "Failed to resolve " +
			"address",
		"ServerIOTimeout fired. Time out 60.": "ServerIOTimeout fired",
		"MyTimeout fired":                     "* fired",
		"nothing of the kind":                 "",
	} {
		if e, ok := OfLine(line); e.Name != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", line, e.Name, want)
		}
	}
}

// TestOSErrorInLine: a number of the operating system tells more than the text.
func TestOSErrorInLine(t *testing.T) {
	const text = "websphereGetStream: Failed to connect to app server on host 'h', OS err="
	plain, _ := OfLine(text + "12345")
	refused, _ := OfLine(text + "79")
	ports, _ := OfLine(text + "99")
	if strings.Contains(plain.Meaning, ":") || !strings.HasPrefix(refused.Meaning,
		plain.Meaning+": connection refused") || ports.Advice == refused.Advice {
		t.Errorf("%q\n%q\n%q", plain.Meaning, refused.Meaning, ports.Advice)
	}
	if again, _ := OfLine(text + "12345"); again.Meaning != plain.Meaning {
		t.Error("the table was changed")
	}
}

func TestLookup(t *testing.T) {
	for phrase, want := range map[string]string{
		"GSK_ERROR_BAD_CERT": "GSK_ERROR_BAD_CERT", "gsk_error_bad_cert": "GSK_ERROR_BAD_CERT",
		"GSK 414": "GSK_ERROR_BAD_CERT",
		"414":     "GSK_ERROR_BAD_CERT", "gsk rc = 414": "GSK_ERROR_BAD_CERT", "errno 111": "connection refused",
		"OS err=79": "connection refused",
		"111":       "connection refused", "errno 414": "", "GSK 111": "",
		"Connect timeout fired": "Connect timeout fired",
		"timeout fired":         "* fired",
		"connection refused":    "connection refused", "": "", " ": "", "fired": "", "weight": "",
		"WP301": "", "R22": "",
		"port 111": "",
		"AH00051":  "child pid * exit signal", "AH00052: child": "child pid * exit signal",
		"(ah00052)": "child pid * exit signal",
		"AH0005210": "", "XAH00052": "", "AH00052Y": "", "ÄAH00052": "", "AH+0052": "",
	} {
		got := ""
		if all := Lookup(phrase); len(all) > 0 {
			got = all[0].Name
		}
		if got != want {
			t.Errorf("%q: %q, want %q", phrase, got, want)
		}
	}
}

func FuzzOfLine(f *testing.F) {
	f.Add("openStream: Failed in r_gsk_secure_soc_init: GSK_ERROR_BAD_CERT(gsk rc = 414)")
	f.Add("gsk error")
	f.Add("GSK_")
	f.Fuzz(func(t *testing.T, line string) {
		if e, ok := OfLine(line); ok && e.Meaning == "" {
			t.Errorf("%q: an entry without meaning", line)
		}
		Lookup(line)
	})
}
