package generation_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// names are the addresses of hosts; a host that is not there cannot be resolved.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) (all []netip.Addr, err error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	addrs, known := n[host]
	if !known {
		return nil, fmt.Errorf("lookup %s: no such host", host)
	}
	for _, a := range addrs {
		all = append(all, netip.MustParseAddr(a))
	}
	return all, nil
}

// workshop makes generations of files that stand in a test, and keeps what is logged.
type workshop struct {
	generation.Maker
	said bytes.Buffer
}

func newWorkshop() *workshop {
	sem := choices.Latest()
	w := &workshop{}
	w.Maker = generation.Maker{
		Assumptions: &sem, Next: func(string) int { return -1 }, Log: slog.New(slog.NewTextHandler(&w.said, nil)),
		Resolver: names{
			"a.example.com": {"192.0.2.1"}, "b.example.com": {"192.0.2.2"}, "c.example.com": {"192.0.2.3"},
			"six.example.com": {"2001:db8::1", "::ffff:192.0.2.9"}, "none.example.com": {},
		},
	}
	return w
}

// read parses a file.
func read(xml string) (*parser.Config, *diag.Files) {
	files := diag.NewFiles()
	cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	return cfg, files
}

// make puts a file to work that follows another one, nil for the first.
func (w *workshop) make(t *testing.T, xml string, old *generation.Generation) *generation.Generation {
	t.Helper()
	cfg, files := read(xml)
	return w.use(t, cfg, files, old)
}

func (w *workshop) use(
	t *testing.T, cfg *parser.Config, files *diag.Files, old *generation.Generation,
) *generation.Generation {
	t.Helper()
	g, err := w.Make(t.Context(), cfg, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	g.Follow(old)
	return g
}

// A host name is resolved when a file is made ready. One that cannot be ends that, as it ends the start of the
// plug-in, unless IgnoreDNSFailures lets the others do without the member; a cluster needs one of whom an address is
// known.
func TestMakeResolvesNames(t *testing.T) {
	for _, tt := range []struct {
		name, config, hosts string
		addrs               string // of all members, "" for one without any
		err                 string // what the error says, "" for none
	}{
		{"all are known", "", "a b", "192.0.2.1:9080 192.0.2.2:9080", ""},
		{"several addresses, IPv6 among them", "", "six", "[2001:db8::1]:9080,192.0.2.9:9080", ""},
		{"one is unknown", "", "a gone", "", `no such host; the plug-in does not start with it unless ` +
			`IgnoreDNSFailures="true"`},
		{"one has no address", "", "a none", "", "host none.example.com has no address"},
		{"one is unknown, and it may be", `IgnoreDNSFailures="true"`, "a gone", "192.0.2.1:9080 ", ""},
		{"all are unknown, and they may be", `IgnoreDNSFailures="true"`, "gone lost", "",
			"no host of cluster C can be resolved"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			servers := ""
			for _, host := range strings.Fields(tt.hosts) {
				servers += sharedtest.Server(host, "")
			}
			w := newWorkshop()
			cfg, files := read(sharedtest.ClusterXML(tt.config, "", servers))
			g, err := w.Make(t.Context(), cfg, files, nil)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) ||
					!strings.Contains(err.Error(), "plugin-cfg.xml:5:") {
					t.Errorf("%v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			g.Follow(nil)
			var addrs []string
			for _, m := range g.Clusters[0].Members {
				addrs = append(addrs, strings.Join(m.Transports[0].Addrs, ","))
			}
			if got := strings.Join(addrs, " "); got != tt.addrs {
				t.Errorf("%q, want %q", got, tt.addrs)
			}
			missing := slices.Contains(addrs, "")
			if said := strings.Contains(w.said.String(), "unavailable until the next reload"); said != missing {
				t.Errorf("the log says %s", &w.said)
			}
			if down := g.Status(0, 0).Members[len(addrs)-1].Down; (down != "") != missing {
				t.Errorf("the status page says that the last member is down: %q", down)
			}
		})
	}
}

// What the plug-in would reject is refused with the place of each error, and what it takes and this program cannot do
// is said.
func TestMakeRefuses(t *testing.T) {
	w := newWorkshop()
	cfg, files := read(strings.Replace(sharedtest.ClusterXML("", "", sharedtest.Server("a", "")),
		`ServerCluster="C"`, `ServerCluster="D"`, 1))
	_, err := w.Make(t.Context(), cfg, files, nil)
	var rejected *generation.Rejected
	if !errors.As(err, &rejected) || !strings.HasPrefix(rejected.Error(), "plugin-cfg.xml:7:") {
		t.Errorf("%v", err)
	}
	w.make(t, sharedtest.ClusterXML("", `GetDWLMTable="true"`, sharedtest.Server("a", `ExtendedHandshake="true"`)),
		nil)
	for _, want := range []string{"GetDWLMTable", "ExtendedHandshake"} {
		if !strings.Contains(w.said.String(), want) {
			t.Errorf("the log does not speak of %s: %s", want, &w.said)
		}
	}
	w.PartitionForm = "ours"
	if err := w.Check(); err == nil {
		t.Error("a form of partition tables that nobody knows is taken")
	}
}

// Private headers are believed of the addresses, networks and hosts of TrustedProxyGroup, and of nobody else.
func TestTrusts(t *testing.T) {
	const group = `<TrustedProxyGroup><TrustedProxy Name="198.51.100.7"/><TrustedProxy Name="203.0.113.9/24"/>` +
		`<TrustedProxy Name="six.example.com"/><TrustedProxy Name="gone.example.com"/></TrustedProxyGroup>`
	for _, enable := range []string{"true", "false"} {
		w := newWorkshop()
		g := w.make(t, strings.Replace(sharedtest.ClusterXML(`TrustedProxyEnable="`+enable+`"`, "",
			sharedtest.Server("a", "")), "<VirtualHostGroup", group+"<VirtualHostGroup", 1), nil)
		for addr, want := range map[string]bool{
			"198.51.100.7": true, "::ffff:198.51.100.7": true, "198.51.100.8": false, "203.0.113.200": true,
			"203.0.114.1": false, "2001:db8::1": true, "192.0.2.9": true, "::1": false,
		} {
			if got := g.Trusts(netip.MustParseAddr(addr)); got != (want && enable == "true") {
				t.Errorf("TrustedProxyEnable=%s: %s is trusted: %v", enable, addr, got)
			}
		}
		if g.Trusts(netip.Addr{}) {
			t.Error("who has no address is trusted")
		}
		if said := strings.Contains(w.said.String(), "gone.example.com"); said != (enable == "true") {
			t.Errorf("TrustedProxyEnable=%s: the log says %s", enable, &w.said)
		}
	}
}
