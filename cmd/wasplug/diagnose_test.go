package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestDiagnoseSchema holds real answers against the schema, with and without each kind of input.
func TestDiagnoseSchema(t *testing.T) {
	const shop, log = "../../testdata/shop/", "../../testdata/trace/http_plugin.log"
	for _, args := range [][]string{
		{"-c", shop + "topology.yaml"}, {"-t", log}, {"--access-log", shop + "access.log"},
		{"-c", shop + "topology.yaml", "-t", log, "--access-log", shop + "access.log", "--show-secrets"},
		{"-c", "../../testdata/figure-5-12/plugin-cfg.xml", "--topology", shop + "topology.yaml", "--symptom", "slow"},
	} {
		var stdout, stderr bytes.Buffer
		line := append([]string{"wasplug", "diagnose", "--format", "json"}, args...)
		if code := run(t.Context(), line, bytes.NewReader(nil), &stdout, &stderr); code > 1 {
			t.Errorf("%v: %d %s", args, code, stderr.String())
			continue
		}
		fitsSchema(t, "diagnose", stdout.String())
	}
}

// TestDiagnoseHostile: what stands in a log reaches neither a terminal nor Markdown as more than text.
func TestDiagnoseHostile(t *testing.T) {
	log := "[28/Nov/2026:15:40:00.00000] 00000001 00000001 - ERROR: lib_stream: openStream: Failed in " +
		"r_gsk_secure_soc_init: GSK\x1b[31m|<script>alert(1)</script>(gsk rc = 414)\n"
	for _, format := range []string{"text", "markdown", "json"} {
		var stdout, stderr bytes.Buffer
		args := []string{"wasplug", "diagnose", "-t", "-", "--format", format}
		if code := run(t.Context(), args, strings.NewReader(log), &stdout, &stderr); code != 1 {
			t.Errorf("%s: %d %s", format, code, stderr.String())
		}
		if out := stdout.String(); strings.Contains(out, "\x1b") ||
			format == "markdown" && strings.Contains(out, "<script>") {
			t.Errorf("%s: %q", format, out)
		}
	}
}

// TestDiagnoseSecrets: queries and session IDs are passed on only where that is asked for, and then it is said.
func TestDiagnoseSecrets(t *testing.T) {
	log := `192.0.2.1 - - [28/Nov/2026:15:40:00 +0000] ` +
		`"GET /app/a;jsessionid=0000SECRETSECRETS:c1?card=4711 HTTP/1.1" ` +
		"500 12 I1 - WAS=h1:1 - 0000SECRETSECRETS 40000 1500\n"
	for _, format := range []string{"text", "markdown", "json"} {
		for _, show := range []bool{false, true} {
			var stdout, stderr bytes.Buffer
			args := []string{"wasplug", "diagnose", "--access-log", "-", "--format", format}
			if show {
				args = append(args, "--show-secrets")
			}
			if code := run(t.Context(), args, strings.NewReader(log), &stdout, &stderr); code != 1 {
				t.Errorf("%s: %d %s", format, code, stderr.String())
			}
			out := stdout.String()
			for _, secret := range []string{"SECRETSECRETS", "4711"} {
				if strings.Contains(out, secret) != show {
					t.Errorf("%s, show-secrets %v: %s", format, show, out)
				}
			}
			if said := strings.Contains(out, "--show-secrets") ||
				strings.Contains(out, `"secretsShown": true`); said != show {
				t.Errorf("%s, show-secrets %v: it is not said: %s", format, show, out)
			}
		}
	}
}
