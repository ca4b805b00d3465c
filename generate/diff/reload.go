package diff

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// reload tells what the plug-in does not take up by loading the file again, or what must be ready before it does.
// What says "assumed" stands in no document that we know.
func (c *comparison) reload() {
	record := func(text string, old, new diag.Span, covers ...string) {
		c.record(Consequence{Kind: reload, Share: math.NaN(), Old: old, New: new, Text: text, covers: covers})
	}
	keyrings := c.keyrings()
	for _, path := range slices.Sorted(maps.Keys(keyrings)) {
		k := keyrings[path]
		record(fmt.Sprintf(
			"the key store %s is new to the file: TLS is set up when the web server starts, so restart "+
				"it (assumed)", path), diag.Span{}, k.at, k.covers...)
	}
	for _, ch := range c.attributes {
		switch ch.Subject {
		case "Config Property PluginInstallRoot":
			record(ch.String()+": the libraries for TLS are loaded from there when the web server starts, so restart "+
				"it (assumed)", ch.OldAt, ch.NewAt, ch.Subject)
		case "Config <IntelligentManagement>":
			what := "differs"
			if !ch.HasOld || !ch.HasNew {
				what = map[bool]string{true: "is new", false: "is gone"}[ch.HasNew]
			}
			record("IntelligentManagement "+what+
				": its connectors are made when the web server starts, so restart it "+
				"(assumed)", ch.OldAt, ch.NewAt, ch.Subject)
		case "Log Name":
			record(ch.String()+": the next load writes there, if the folder is there and can be written to; what "+
				"rotates and reads the log must follow", ch.OldAt, ch.NewAt, ch.Subject)
		}
	}
	if names, at := c.newNames(); len(names) > 0 {
		fails := "one that is not found makes the plug-in keep the old file, or not start"
		if c.new.Config.IgnoreDNSFailures.V {
			fails = "a member whose name is not found is unusable until the next load (IgnoreDNSFailures)"
		}
		record(fmt.Sprintf("new host %s %s: looked up once, when the file is loaded; %s",
			verb(len(names), "name", "names"), few(names), fails), diag.Span{}, at)
	}
}

// keyring is a key store that only the new file names.
type keyring struct {
	at     diag.Span
	covers []string
}

// keyrings are the key stores that only the new file names, by their paths. What covers is the facts that name them,
// of however many Transports.
func (c *comparison) keyrings() map[string]*keyring {
	had, has := map[string]*keyring{}, map[string]*keyring{}
	for cfg, all := range map[*parser.Config]map[string]*keyring{c.old.Config: had, c.new.Config: has} {
		for t := range transports(cfg) {
			if p := parser.Find(t.Properties, "keyring"); p != nil && all[p.Value.V] == nil {
				all[p.Value.V] = &keyring{at: p.Value.Span()}
			}
		}
	}
	for path := range had {
		delete(has, path)
	}
	for _, ch := range c.attributes {
		if k := has[ch.New]; k != nil && strings.HasSuffix(ch.Subject, " Property keyring") {
			k.covers = append(k.covers, ch.Subject)
		}
	}
	return has
}

// newNames are the host names, no addresses, at which only the new file has members, and where the first of them
// stands.
func (c *comparison) newNames() (names []string, at diag.Span) {
	known := map[string]bool{}
	for t := range transports(c.old.Config) {
		known[strings.ToLower(t.Hostname.V)] = true
	}
	for t := range transports(c.new.Config) {
		name := strings.ToLower(t.Hostname.V)
		if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil || name == "" || known[name] {
			continue
		}
		known[name] = true
		if names = append(names, t.Hostname.V); at.IsZero() {
			at = t.Hostname.Span()
		}
	}
	return names, at
}

// transports yields the addresses of the clusters that Routes use.
func transports(cfg *parser.Config) iter.Seq[*parser.Transport] {
	return func(yield func(*parser.Transport) bool) {
		for _, c := range usedClusters(cfg) {
			for _, s := range c.Servers {
				for _, t := range s.Transports {
					if !yield(t) {
						return
					}
				}
			}
		}
	}
}

// few lists names, of many the first ones.
func few(names []string) string {
	if more := len(names) - mostNames; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNames], ", "), more)
	}
	return strings.Join(names, ", ")
}
