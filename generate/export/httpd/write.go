package httpd

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
)

// writer collects a configuration.
type writer struct {
	plan *export.Plan
	opt  *export.Options
	out  bytes.Buffer
}

// debian is where Debian has the modules.
const debian = "/usr/lib/apache2/modules"

// Write writes httpd.conf, balancers.conf for the server and plugin-http.conf and plugin-https.conf for its virtual
// hosts.
func Write(p *export.Plan, opt *export.Options) ([]export.File, []export.Loss, error) {
	w := &writer{plan: p, opt: opt}
	losses := p.Grade(verdicts())
	header := p.Header("#", "Apache httpd 2.4", losses)
	var files []export.File
	add := func(name string) {
		files = append(files, export.File{Name: name, Data: append([]byte(header), w.out.Bytes()...)})
		w.out.Reset()
	}
	if !opt.Fragment {
		w.whole()
		add("httpd.conf")
	}
	for _, tls := range w.opt.Schemes() {
		for i := range p.Clusters {
			if err := w.balancer(&p.Clusters[i], tls); err != nil {
				return nil, nil, err
			}
		}
	}
	add("balancers.conf")
	for _, tls := range w.opt.Schemes() {
		w.rules(tls)
		add(rulesFile(tls))
	}
	return files, losses, nil
}

func rulesFile(tls bool) string {
	if tls {
		return "plugin-https.conf"
	}
	return "plugin-http.conf"
}

// line writes a line.
func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.out, format+"\n", args...) }

// word is a text as one word.
func word(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// regex is a regular expression as one word: its backslashes stay.
func regex(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

// modules are those that the configuration needs; each may be built in.
// mod_ssl is among them only where something speaks TLS, as it need not be installed.
func (w *writer) modules() []string {
	names := []string{"mpm_event", "unixd", "authz_core", "log_config", "rewrite", "headers", "lua", "proxy",
		"proxy_http", "proxy_balancer", "slotmem_shm", "lbmethod_byrequests"}
	if len(w.opt.TLSListen) > 0 || w.memberTLS() {
		names = append(names, "socache_shmcb", "ssl")
	}
	return names
}

// memberTLS reports whether some member is reached over TLS.
func (w *writer) memberTLS() bool {
	for i := range w.plan.Clusters {
		for _, tls := range w.opt.Schemes() {
			for _, m := range w.plan.Clusters[i].Ways(tls) {
				if m.To.HTTPS {
					return true
				}
			}
		}
	}
	return false
}

// whole is a configuration that starts as it is. All that it names lies in its folder.
func (w *writer) whole() {
	dir := w.opt.Modules
	if dir == "" {
		dir = debian
	}
	w.line("ServerRoot %s", word(w.opt.Dir))
	for _, name := range w.modules() {
		// a module that is built in must not be loaded: IfModule asks
		w.line("<IfModule !%s_module>\n    LoadModule %s_module %s\n</IfModule>",
			name, name, word(dir+"/mod_"+name+".so"))
	}
	w.line("ServerName localhost\nDefaultRuntimeDir %s", word(w.opt.Dir))
	w.line("PidFile %s\nErrorLog %s\nCustomLog %s \"%%h %%l %%u %%t \\\"%%r\\\" %%>s %%b\"",
		word(w.opt.Dir+"/httpd.pid"),
		word(w.opt.Dir+"/error.log"), word(w.opt.Dir+"/access.log"))
	w.line("# where it is started by root\nUser nobody\nGroup #65534")
	w.line("ServerTokens Prod\nTraceEnable Off\n<Directory />\n    Require all denied\n</Directory>")
	w.line("Include balancers.conf")
	for _, l := range w.opt.Listen {
		w.host(l, false)
	}
	for _, l := range w.opt.TLSListen {
		w.host(l, true)
	}
}

// host writes the virtual host of an address.
func (w *writer) host(l export.Listen, tls bool) {
	address := l.Host
	if address == "" {
		address = "*"
	}
	if l.Host == "" {
		w.line("Listen %d", l.Port)
	} else {
		w.line("Listen %s", l.Address(""))
	}
	w.line("<VirtualHost %s:%d>", address, l.Port)
	if tls {
		w.line("    SSLEngine On\n    SSLCertificateFile %s\n    SSLCertificateKeyFile %s", word(w.opt.Certificate),
			word(w.opt.Certificate))
	}
	w.line("    RewriteEngine On")
	// before the rules, which are one file for all hosts of a scheme and do not know the address
	w.line("    RewriteRule ^ - [E=WASPLUG_ARRIVED:%d]", l.As)
	w.line("    Include %s\n</VirtualHost>", rulesFile(tls))
}
