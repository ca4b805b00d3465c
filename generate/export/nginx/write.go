package nginx

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
)

// writer collects a configuration.
type writer struct {
	plan    *export.Plan
	opt     *export.Options
	out     bytes.Buffer
	longest int // key of a map
	keys    int // of the largest map
}

// longestWord is how long a text may be as it is written: nginx takes words of less than 4,096 bytes
// (NGX_CONF_BUFFER), in which names of clusters and of captures stand beside it.
const longestWord = 4000

// Write writes nginx.conf and plugin.conf, which it includes into its http block.
func Write(p *export.Plan, opt *export.Options) ([]export.File, []export.Loss, error) {
	w := &writer{plan: p, opt: opt}
	written := func(text string) int { return len(word(regexp.QuoteMeta(text))) }
	if err := p.TooLong("nginx", longestWord, written); err != nil {
		return nil, nil, err
	}
	losses := p.Grade(w.verdicts())
	header := p.Header("#", w.version(), losses)
	w.routes()
	w.sessions()
	for i := range p.Clusters {
		for _, tls := range w.opt.Schemes() {
			if err := w.upstreams(&p.Clusters[i], tls); err != nil {
				return nil, nil, err
			}
		}
	}
	if err := w.server(); err != nil {
		return nil, nil, err
	}
	plugin := header + w.sizes() + w.out.String()
	files := []export.File{{Name: "plugin.conf", Data: []byte(plugin)}}
	if !opt.Fragment {
		files = append([]export.File{{Name: "nginx.conf", Data: []byte(header + w.whole())}}, files...)
	}
	return files, losses, nil
}

// version says which nginx takes what is written.
func (w *writer) version() string {
	if w.modern() {
		return "nginx " + Sticky.String() + " and later, with PCRE"
	}
	return "every nginx with PCRE"
}

// line writes a line.
func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.out, format+"\n", args...) }

// sizes are what the maps need. A bucket holds a few of the longest keys.
// nginx does not start where a key does not fit into a bucket of the hash (map_hash_bucket_size), and warns where the
// hash has too few of them (map_hash_max_size).
func (w *writer) sizes() string {
	bucket := 128
	for bucket < 2*(w.longest+32) {
		bucket *= 2
	}
	size := 2048
	for size < w.keys/2 {
		size *= 2
	}
	return fmt.Sprintf("map_hash_bucket_size %d;\nmap_hash_max_size %d;\nvariables_hash_max_size 4096;\n",
		bucket, size)
}

// whole is a configuration that starts as it is. Without "daemon off" it goes into the background, as nginx does.
// All that it writes lies in the folder of the export, so that it can be tried without rights of root.
func (w *writer) whole() string {
	var b strings.Builder
	dir := w.opt.Dir
	fmt.Fprintf(&b, "worker_processes auto;\npcre_jit on;\npid %s;\nerror_log %s;\n", word(dir+"/nginx.pid"),
		word(dir+"/error.log"))
	fmt.Fprintf(&b, "events { worker_connections 4096; }\nhttp {\n    access_log %s;\n", word(dir+"/access.log"))
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "    %s_temp_path %s;\n", kind, word(dir+"/temp-"+kind))
	}
	b.WriteString("    include plugin.conf; # beside this file\n}\n")
	return b.String()
}

// escapes are the characters of a text that nginx reads in another way between quotes.
var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// word is a text as one word.
func word(text string) string { return `"` + escapes.Replace(text) + `"` }

// server writes the virtual server and its chains.
func (w *writer) server() error {
	w.line("server {")
	for _, l := range w.opt.Listen {
		w.line("    listen %s;", l.Address("*"))
	}
	for _, l := range w.opt.TLSListen {
		w.line("    listen %s ssl;", l.Address("*"))
	}
	if len(w.opt.TLSListen) > 0 {
		w.line("    ssl_certificate %s;\n    ssl_certificate_key %s;",
			word(w.opt.Certificate), word(w.opt.Certificate))
	}
	w.line("    server_tokens off;")
	// A chain is an error_page of an error_page: by itself nginx follows the first alone.
	w.line("    recursive_error_pages on;")
	w.line("    underscores_in_headers on; # the plug-in passes them")
	w.line("    ignore_invalid_headers on; # clients' $WS headers are among them")
	w.line("    client_max_body_size %d;", w.bodyLimit())
	w.line("    client_body_buffer_size 64k;")
	// Every request is answered 418 here, which error_page turns into the location that the maps chose: rewrite and
	// proxy_pass go to no named location.
	w.line("    location / { error_page 418 = $plugin_first; return 418; }")
	// $plugin_cluster is "." where no Route takes a request: no ident is called so.
	w.line("    location @. { return 404; } # no Route takes the request")
	w.line("    location @..tls { return 404; }")
	for i := range w.plan.Clusters {
		for _, tls := range w.opt.Schemes() {
			if err := w.chain(&w.plan.Clusters[i], tls); err != nil {
				return err
			}
		}
	}
	w.line("}")
	return nil
}

// bodyLimit is the largest PostSizeLimit: nginx looks at it before it knows the cluster. 0 is none.
func (w *writer) bodyLimit() int64 {
	most := int64(0)
	for i := range w.plan.Clusters {
		limit := w.plan.Clusters[i].PostLimit
		if limit <= 0 {
			return 0
		}
		most = max(most, limit)
	}
	return most
}
