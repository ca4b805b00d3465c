package export

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Options say what a configuration is written for.
type Options struct {
	Listen, TLSListen []Listen
	Certificate       string            // PEM file with the certificate chain of TLSListen and its key
	Headers           string            // which headers tell members of the client: one of HeaderKinds
	Keystores         map[string]string // PEM files in place of key databases
	Modules           string            // folder of httpd's modules, "" Debian's
	Fragment          bool              // only the part to include
	Version           Version           // of the target, zero none in particular
	Dir               string            // where the files are to lie
}

// Writable refuses a path that no target could be told: line ends and other control characters would be directives, a
// $ would be a variable of nginx or httpd, for which they have no quotes.
func Writable(path string) error {
	if strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '$' }) {
		return diag.Errorf("%q: a path with a $ or a control character cannot be written into a configuration", path)
	}
	return nil
}

// Schemes are those in which requests come: false without TLS, true with it.
func (o *Options) Schemes() (out []bool) {
	if len(o.Listen) > 0 {
		out = append(out, false)
	}
	if len(o.TLSListen) > 0 {
		out = append(out, true)
	}
	return out
}

// HeaderKinds are the ways to tell members of the client; the first is the default.
func HeaderKinds() []string { return []string{"ws", "forwarded", "both", "none"} }

// Private reports whether members get the plug-in's $WS headers.
func (o *Options) Private() bool { return o.Headers == "ws" || o.Headers == "both" }

// Forwarded reports whether members get X-Forwarded headers.
func (o *Options) Forwarded() bool { return o.Headers == "forwarded" || o.Headers == "both" }

// Listen is an address to listen on.
type Listen struct {
	Host string // as the target writes it, "" all
	Port int    // where it listens
	As   int    // the port that virtual hosts are matched with
}

// ReadListen reads ADDRESS[=PORT]: HOST:PORT, :PORT or PORT, and the port that virtual hosts are matched with.
// The port behind = is for a proxy behind another one: people ask for port 80, and it listens on 8080.
func ReadListen(text string) (l Listen, err error) {
	address, as, told := strings.Cut(text, "=")
	i := strings.LastIndexByte(address, ':')
	if i > 0 {
		l.Host = address[:i]
	}
	if l.Port, err = port(address[i+1:]); err == nil {
		l.As = l.Port
	}
	if told && err == nil {
		l.As, err = port(as)
	}
	if err != nil || strings.ContainsAny(l.Host, " \t\n\"';{}") {
		return l, diag.Errorf("%q: want ADDRESS[=PORT], such as 127.0.0.1:8080=80", text)
	}
	return l, nil
}

func port(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && (n < 1 || n > 65535) {
		err = fmt.Errorf("port %d", n)
	}
	return n, err
}

// Address is host and port; all names every address where the target has a word for it.
func (l *Listen) Address(all string) string {
	host := l.Host
	if host == "" {
		host = all
	}
	return host + ":" + strconv.Itoa(l.Port)
}

// File is a file of an export.
type File struct {
	Name string // in the folder
	Data []byte
}
