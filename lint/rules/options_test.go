package rules_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

func codes(ds []diag.Diagnostic) string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Rule.Code)
	}
	return strings.Join(out, " ")
}

const collision = `<ServerCluster Name="shop" PostBufferSize="0">
<Server CloneID="c1" ConnectTimeout="5" Name="m1" ServerIOTimeout="60">
<Transport Hostname="localhost" Port="9080"/></Server>
<Server CloneID="c1" ConnectTimeout="5" Name="m2" ServerIOTimeout="60">
<Transport Hostname="h2" Port="9443" Protocol="https"><Property Name="keyring" Value="/k"/>
<Property Name="stashfile" Value="/s"/></Transport></Server>
</ServerCluster>`

func TestSeverityAndProfiles(t *testing.T) {
	text := complete(collision)
	for _, tt := range []struct {
		name string
		o    lint.Options
		want string
	}{
		{"default", lint.Options{}, "WP822 WP301"},
		{"off", lint.Options{Rules: map[string]lint.RuleSetting{"WP822": {Off: true}}}, "WP301"},
		{"raised", lint.Options{Rules: map[string]lint.RuleSetting{"WP405": {Severity: diag.Error}}},
			"WP822 WP405 WP301"},
		{"lowered out of sight", lint.Options{Rules: map[string]lint.RuleSetting{"WP301": {Severity: diag.Info}}},
			"WP822"},
		{"liberty", lint.Options{Profile: "liberty"}, "WP301"},
		{"security", lint.Options{Profile: "security"}, "WP709"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ds, files := lintText(text, tt.o)
			if got := codes(ds); got != tt.want {
				t.Errorf("got %s, want %s\n%s", got, tt.want, describe(ds, files))
			}
		})
	}
}

func TestMessageForm(t *testing.T) {
	ds, files := lintText("<Config>\n"+collision+"\n</Config>", lint.Options{})
	want := `plugin-cfg.xml:5:18: error: CloneID "c1" of server "m2" is already used by server "m1" on line 3; ` +
		`sessions of one reach the other [WP301 clone-id-collision]`
	if !strings.Contains(describe(ds, files), want) {
		t.Errorf("got\n%swant\n  %s", describe(ds, files), want)
	}
}

func TestIgnores(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ name, comment, want string }{
		{"next element", "<!-- wasplug:ignore WP301,WP822 lab -->\n", ""},
		{"by name", "<!-- wasplug:ignore clone-id-collision lab -->\n", "WP822"},
		{"until later", "<!-- wasplug:ignore WP301 until 2027-01-31 lab -->\n", "WP822"},
		{"until today", "<!-- wasplug:ignore WP301 until 2026-06-01 lab -->\n", "WP822"},
		{"expired", "<!-- wasplug:ignore WP301 until 2026-05-31 lab -->\n", "WP902 WP822 WP301"},
		{"no reason", "<!-- wasplug:ignore WP301 -->\n", "WP902 WP822 WP301"},
		{"unknown rule", "<!-- wasplug:ignore WP3001 lab -->\n", "WP902 WP822 WP301"},
		{"bad date", "<!-- wasplug:ignore WP301 until tomorrow lab -->\n", "WP902 WP822 WP301"},
		{"unused", "<!-- wasplug:ignore WP301,WP302 lab -->\n", "WP901 WP822"},
		{"of a rule that is not shown", "<!-- wasplug:ignore WP301,WP405 lab -->\n", "WP822"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ds, files := lintText(complete(tt.comment+collision), lint.Options{Now: now})
			if got := codes(ds); got != tt.want {
				t.Errorf("got %s, want %s\n%s", got, tt.want, describe(ds, files))
			}
		})
	}
	whole, files := lintText("<!-- wasplug:ignore WP301 lab -->\n"+complete(collision), lint.Options{Now: now})
	if got := codes(whole); got != "WP822" {
		t.Errorf("before the root: got %s\n%s", got, describe(whole, files))
	}
	inline := strings.Replace(complete(collision), "</Server>\n</ServerCluster>", "</Server> <!-- wasplug:ignore "+
		"WP301 lab -->\n</ServerCluster>", 1)
	if ds, files := lintText(inline, lint.Options{Now: now}); codes(ds) != "WP822" {
		t.Errorf("behind the element: got\n%s", describe(ds, files))
	}
}

// TestTarget: an attribute that fix packs brought to a release is known there.
func TestTarget(t *testing.T) {
	for target, want := range map[string]string{"": "", "liberty": "", "8.5.5.20": "", "8.0": "MarkBusyDown",
		"7.0.0.13": "MarkBusyDown", "6.1": "MarkBusyDown ServerIOTimeoutRetry"} {
		o := onlyRule("WP824")
		o.Target = target
		ds, files := lintText(strings.Replace(clean, `SSLConsolidate="true"`, `MarkBusyDown="true"`, 1), o)
		var got []string
		for _, d := range ds {
			if text := files.Text(d.Span); text == "MarkBusyDown" || text == "ServerIOTimeoutRetry" {
				got = append(got, text)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("target %q: got %s, want %s", target, got, want)
		}
	}
}

func TestCheckDNSAndFiles(t *testing.T) {
	text := strings.Replace(clean, `IgnoreDNSFailures="true"`, `IgnoreDNSFailures="false"`, 1)
	o := lint.Options{
		Resolver: func(_ context.Context, host string) error {
			if host == "node2" {
				return errors.New("no such host")
			}
			return nil
		},
		Inspect: func(path string) string {
			if strings.HasSuffix(path, "key.sth") {
				return "does not exist"
			}
			return ""
		},
	}
	ds, files := lintText(text, o)
	if got := codes(ds); got != "WP825 WP510" {
		t.Errorf("got %s\n%s", got, describe(ds, files))
	}
}
