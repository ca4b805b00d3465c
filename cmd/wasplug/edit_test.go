package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestEditSchema holds real output of drain, undrain and set against the schema.
func TestEditSchema(t *testing.T) {
	const file = "../../testdata/figure-5-12/plugin-cfg.xml"
	for _, args := range [][]string{
		{"drain", "PluginMember1", file}, {"drain", "--by", "list", "--yes", "PluginMember2", file},
		{"undrain", "PluginMember1", file}, {"set", "Config.RefreshInterval=10", "Log.LogLevel=Stats", file},
		{"set", "Server[*].ConnectTimeout=-", file}, {"set", "Config.RefreshInterval=60", file},
	} {
		var stdout, stderr bytes.Buffer
		line := append([]string{"wasplug"}, append(args, "--format", "json")...)
		if code := run(t.Context(), line, bytes.NewReader(nil), &stdout, &stderr); code != 0 {
			t.Errorf("%v: %d %s", args, code, stderr.String())
			continue
		}
		fitsSchema(t, "edit", stdout.String())
	}
}

// TestCheckSchema holds real verdicts against the schema.
func TestCheckSchema(t *testing.T) {
	const shop = "../../testdata/shop/"
	for code, args := range [][]string{
		{shop + "topology.yaml", shop + "topology.yaml"}, {shop + "topology.yaml", shop + "next.yaml"},
	} {
		var stdout, stderr bytes.Buffer
		line := append([]string{"wasplug", "check", "--format", "json"}, args...)
		if got := run(t.Context(), line, bytes.NewReader(nil), &stdout, &stderr); got != code {
			t.Errorf("%v: %d %s", args, got, stderr.String())
		}
		fitsSchema(t, "check", stdout.String())
	}
}

// TestURLsSchema holds real answers about logs against their schemas.
func TestURLsSchema(t *testing.T) {
	const shop = "../../testdata/shop/"
	log := `10.0.0.1 - - [29/Nov/2026:15:40:00 +0100] "GET /shop/x HTTP/1.1" 200 12 I1 - WAS=shop1.example.com:9080 - ` +
		`0001abcdefghijklmnopqrs:zz 40000 1500
10.0.0.1 - - [29/Nov/2026:15:40:00 +0100] "GET /shop/api/x HTTP/1.1" 200 12 I1 - WAS=h:1 - - 40000 1500
`
	bare := `10.0.0.1 - - [29/Nov/2026:15:40:00 +0100] "\x16\x03\x01" 400 226
10.0.0.1 - - [29/Nov/2026:15:40:00 +0100] "GET /shop/x HTTP/1.1" 200 12
` // names no member
	for name, args := range map[string][]string{
		"why-urls":  {"why", "-c", shop + "topology.yaml", "--urls", "-", "--format", "json"},
		"why-each":  {"why", "-c", shop + "topology.yaml", "--urls", "-", "--each"},
		"diff-urls": {"diff", shop + "topology.yaml", shop + "next.yaml", "--urls", "-", "--format", "json"},
	} {
		args = append([]string{"wasplug"}, args...)
		for _, log := range []string{log, bare} {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), args, strings.NewReader(log), &stdout, &stderr); code > 1 {
				t.Errorf("%s: %d %s", name, code, stderr.String())
			}
			if name != "why-each" {
				fitsSchema(t, name, stdout.String())
				continue
			}
			for line := range strings.Lines(stdout.String()) {
				fitsSchema(t, name, line)
			}
		}
	}
}
