package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/certtest"
)

// newTLSRig is members, with a certificate or none, behind a proxy that takes TLS and has what is made of their file.
func newTLSRig(t *testing.T, secure bool, served func(xml string) string) *verifyRig {
	r := &verifyRig{dir: t.TempDir(), config: "probe.xml"}
	authority := certtest.NewAuthority(t)
	cert, key := authority.Write(t, r.dir, "127.0.0.1", 0)
	cas := certtest.WritePEM(t, r.path("cas.pem"), certtest.CertBlock(authority.Cert))
	xml := strings.ReplaceAll(verifyConfig, `Name="*:80"/>`, `Name="*:80"/><VirtualHost Name="*:443"/>`)
	xml = strings.Replace(xml, "<Config>", `<Config><Property Name="PluginInstallRoot" Value="/opt"/>`, 1)
	xml = strings.ReplaceAll(xml, "</Server>", `<Transport Hostname="a.example.com" Port="9443" Protocol="https">`+
		`<Property Name="keyring" Value="/opt/plugin-key.kdb"/></Transport></Server>`)
	suite := "config: probe.xml\nplatform: proxy\n" +
		"tests: [{name: over TLS, requests: [{url: https://h/shop/x, expect: {cluster: shop}}]}]\n"
	r.write(t, "plugin-cfg.xml", xml)
	r.write(t, "tls.yaml", suite)
	args := []string{"members", "-c", r.path("plugin-cfg.xml"), "-o", r.path("probe.xml"), "--probe", "--control",
		"127.0.0.1:0"}
	if secure {
		args = append(args, "--cert", cert, "--key", key)
	}
	r.control = runProgram(t, args...).find(`What arrives: (http://\S+)/`)
	probe, err := os.ReadFile(r.path("probe.xml"))
	if err != nil {
		t.Fatal(err)
	}
	r.write(t, "served.xml", served(string(probe)))
	proxy := runProgram(t, "proxy", "-c", r.path("served.xml"), "--listen", "127.0.0.1:0", "--tls-listen",
		"127.0.0.1:0", "--cert", cert, "--key", key, "--keystore", "/opt/plugin-key.kdb="+cas)
	r.against, r.tls = proxy.find(`listening on (http://[^;]+);`), proxy.find(`listening on (https://[^;]+);`)
	return r
}

func (r *verifyRig) write(t *testing.T, name, text string) {
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// askTLS asks what only requests over TLS show, and returns what verify and what the members say.
func (r *verifyRig) askTLS(t *testing.T) (code int, out, seen string) {
	code, out = r.verify(t, "--tls-target", r.tls, "--only", "tls-default-port", "--only", "transport-choice",
		"--suite", r.path("tls.yaml"))
	answer, err := http.Get(r.control + "/seen")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return code, out, string(text)
}

// TestVerifyTLS: over TLS a target is asked whose members take TLS, too, and one whose members do not.
func TestVerifyTLS(t *testing.T) {
	t.Parallel()
	same := func(xml string) string { return xml }
	for name, secure := range map[string]bool{"to members, too": true, "to the target alone": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, seen := newTLSRig(t, secure, same).askTLS(t)
			for _, want := range []string{"tls-default-port=443\n", "transport-choice=fallback\n",
				"met:       over TLS\n"} {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not in\n%s", want, out)
				}
			}
			if over := strings.Contains(seen, `"tls":true`); code != exitFine || over != secure {
				t.Errorf("exit code %d; TLS at members: %t", code, over)
			}
		})
	}
}

// TestVerifyOverTLSAlone: a web server that takes no plain requests is asked for what it decides all the same.
func TestVerifyOverTLSAlone(t *testing.T) {
	t.Parallel()
	r := newTLSRig(t, true, func(xml string) string { return xml })
	r.against = r.tls
	var args []string
	want := []string{"score-tie=first", "path-params=cut-at-identifier", "tls-default-port=443",
		"transport-choice=fallback", "all-down=fail", "many-cookies=in-order"}
	for _, setting := range want {
		name, _, _ := strings.Cut(setting, "=")
		args = append(args, "--only", name)
	}
	code, out := r.verify(t, args...)
	for _, setting := range want {
		if !strings.Contains(out, setting+"\n") {
			t.Errorf("not settled: %s", setting)
		}
	}
	if code != exitFine || t.Failed() {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestVerifyPlainMembers: a plug-in that sends plainly what is to go over TLS contradicts every value.
func TestVerifyPlainMembers(t *testing.T) {
	t.Parallel()
	plain := func(xml string) string { return strings.ReplaceAll(xml, `Protocol="https"`, `Protocol="http"`) }
	code, out, _ := newTLSRig(t, true, plain).askTLS(t)
	if code != exitFindings || !strings.Contains(out, "over TLS got it; status 200") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
