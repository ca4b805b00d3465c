package httpd_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/httpd"
	"github.com/wasplug/wasplug/internal/exporttest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

var daemon = exporttest.Daemon{
	Name: "apache2", KnownOnly: true,
	Args: func(dir string) []string {
		return []string{"-D", "FOREGROUND", "-f", filepath.Join(dir, "httpd.conf")}
	},
	Check: func(dir string) []string { return []string{"-t", "-f", filepath.Join(dir, "httpd.conf")} },
	Write: httpd.Write,
}

// TestRouting asks httpd what the decision core is asked.
func TestRouting(t *testing.T) {
	t.Parallel()
	t.Logf("%d questions", daemon.Prove(t, export.Options{Headers: "ws"}))
}

// TestHeaders: no private header of a client arrives, and members get those that are asked for.
func TestHeaders(t *testing.T) {
	t.Parallel()
	daemon.HeaderKinds(t, map[string][]string{
		"ws": {"\r\n$WSIS: false\r\n", "$WSSC: http\r\n", "$WSRA: 127.0.0.1\r\n", "$WSSN: shop.example\r\n",
			"$WSSP: 80\r\n"},
		"forwarded": {"X-Forwarded-For: 127.0.0.1\r\n", "X-Forwarded-Proto: http\r\n"},
		"both":      {"$WSPR: HTTP/1.1\r\n", "X-Forwarded-Host: shop.example:80\r\n"},
		"none":      {"GET /shop/%61x?q=1 HTTP/1.1\r\n", "Host: shop.example:80\r\n", "X-Own: kept\r\n"},
	})
}

// TestTLS: TLS on both sides.
func TestTLS(t *testing.T) {
	t.Parallel()
	daemon.TLS(t)
}

// TestCorpus has httpd check what strangers' files become.
func TestCorpus(t *testing.T) {
	t.Parallel()
	daemon.Corpus(t, exporttest.Authorities(t))
}

// TestHostile: names that are words of the target's own stay names.
func TestHostile(t *testing.T) {
	t.Parallel()
	daemon.Hostile(t)
}

// TestLongCloneID: httpd takes routes of 63 bytes.
func TestLongCloneID(t *testing.T) {
	for _, n := range []int{63, 64} {
		xml := sharedtest.ClusterXML("", "", sharedtest.Server("m", `CloneID="`+strings.Repeat("x", n)+`"`))
		cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte(xml))
		table, _ := match.New(cfg)
		sem := choices.Latest()
		plan, err := export.NewPlan("f", cfg, table, &sem)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = httpd.Write(plan, &export.Options{Listen: []export.Listen{{Port: 80, As: 80}}})
		var refused *export.Refusal
		if errors.As(err, &refused) != (n == 64) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// TestGrades: every concept is graded.
func TestGrades(t *testing.T) { daemon.Grades(t) }

// TestSeveralNames: where the certificates of a cluster's members have several names, each is checked by its own.
func TestSeveralNames(t *testing.T) {
	t.Parallel()
	daemon.SeveralNames(t)
}

// TestOdd: what is allowed and rarely written is answered by httpd as the decision core says.
func TestOdd(t *testing.T) {
	t.Parallel()
	daemon.Odd(t)
}

// TestStrangers: strangers' files are answered by httpd as the decision core says.
func TestStrangers(t *testing.T) {
	t.Parallel()
	daemon.Strangers(t)
}
