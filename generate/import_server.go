package generate

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// webServer writes what concerns the web server rather than what it routes to.
// PluginInstallRoot counts as pluginRoot where the flavor writes one, or where it is another than the default.
func (im *importer) webServer() *yamldoc.Node {
	cfg, w := im.cfg, newMap()
	w.Put("name", yamldoc.NewText(im.web.Name.V))
	if im.web.Windows {
		w.Put("os", yamldoc.NewText("windows"))
	}
	properties, list := im.properties(cfg.Properties, im.defaultProperties())
	switch root := parser.Find(cfg.Properties, "PluginInstallRoot"); {
	case list != nil:
		if im.web.PluginRoot.V != defaultRoot {
			w.Put("pluginRoot", yamldoc.NewText(im.web.PluginRoot.V))
		}
	case root == nil || root.Name.V != "PluginInstallRoot":
		if im.flavor.root {
			w.Put("pluginRoot", yamldoc.NewPlain(""))
		}
	case !im.flavor.root || im.web.PluginRoot.V != defaultRoot:
		w.Put("pluginRoot", yamldoc.NewText(im.web.PluginRoot.V))
	}
	w.Put("log", im.log())
	fields, overrides := im.attributes(cfg.Node, im.flavor.config, []pair{{"refreshInterval", "RefreshInterval"}},
		"ConfigHash")
	proxies := im.trustedProxies()
	if proxies != nil { // trustedProxies switches TrustedProxyEnable on
		im.fixProxySwitch(overrides)
	}
	w.Fields = append(w.Fields, fields...)
	return w.Put("tls", im.tlsNode()).Put("config", orNothing(overrides)).Put("properties",
		properties).Put("propertyList", list).
		Put("trustedProxies", proxies).Put("elements", orNothing(yamldoc.NewList(im.raw...)))
}

// defaultProperties are those that compile writes without words, the PluginInstallRoot of the file among them: that is
// said by pluginRoot.
func (im *importer) defaultProperties() []pair {
	all := append([]pair{}, im.flavor.properties...)
	if p := parser.Find(im.cfg.Properties, "PluginInstallRoot"); p != nil && p.Name.V == "PluginInstallRoot" {
		all = append(all, pair{"PluginInstallRoot", p.Value.Raw()})
	}
	return all
}

// fixProxySwitch says TrustedProxyEnable only where it is not what trustedProxies makes of it, true.
func (im *importer) fixProxySwitch(overrides *yamldoc.Node) {
	i := slices.IndexFunc(overrides.Fields, func(f yamldoc.Field) bool { return f.Name == "TrustedProxyEnable" })
	a := im.cfg.Node.Attr("TrustedProxyEnable")
	switch {
	case a != nil && a.Value == "true" && i >= 0:
		overrides.Fields = slices.Delete(overrides.Fields, i, i+1)
	case i < 0 && (a == nil || a.Value != "true"):
		overrides.Put("TrustedProxyEnable", optional(im.cfg.Node, "TrustedProxyEnable"))
	}
}

// trustedProxies is the first group as a list; what it cannot say is written as an element.
func (im *importer) trustedProxies() *yamldoc.Node {
	groups := im.cfg.Node.Elements("TrustedProxyGroup")
	if len(groups) == 0 || !plainProxies(groups[0]) {
		return nil
	}
	list := yamldoc.NewList()
	for _, p := range groups[0].Elements("TrustedProxy") {
		list.Items = append(list.Items, optional(p, "Name"))
	}
	return list
}

// log is what differs from the flavor's Log. nil leaves the key out, null the Log. One with elements inside is an
// element itself, so here there is none.
func (im *importer) log() *yamldoc.Node {
	log := im.cfg.Log
	if log == nil || len(log.Node.Elements("")) > 0 {
		if im.flavor.log == nil {
			return nil
		}
		return yamldoc.NewPlain("")
	}
	defaults := append([]pair{{"Name", im.web.path("logs", im.web.Name.V, "http_plugin.log")}}, im.flavor.log...)
	fields, overrides := im.attributes(log.Node, defaults, []pair{{"level", "LogLevel"}, {"file", "Name"}})
	n := newMap()
	n.Fields = fields
	n.Put("overrides", orNothing(overrides))
	if im.flavor.log == nil {
		return n
	}
	return orNothing(n)
}

// attributes writes the attributes of an element that differ from what is written by default: by the keys that stand
// for them where a key can say the value, else as overrides.
// A default that the element does not have is an override of null.
func (im *importer) attributes(n *parser.Node, defaults, keys []pair, skip ...string) ([]yamldoc.Field,
	*yamldoc.Node) {
	keyed, overrides := newMap(), newMap()
	default_ := map[string]string{}
	for _, p := range defaults {
		default_[p.name] = p.value
		if n.Attr(p.name) == nil && !contains(skip, p.name) {
			overrides.Put(p.name, yamldoc.NewPlain(""))
		}
	}
	for i := range n.Attrs {
		a := &n.Attrs[i]
		value, known := default_[a.Name]
		if contains(skip, a.Name) || known && value == a.Value || n.Attr(a.Name) != a {
			continue
		}
		if k := slices.IndexFunc(keys, func(p pair) bool { return p.value == a.Name }); k >= 0 {
			if v := keyValue(keys[k].name, a.Value); v != nil {
				keyed.Put(keys[k].name, v)
				continue
			}
		}
		overrides.Put(a.Name, yamldoc.NewText(a.Value))
	}
	return keyed.Fields, overrides
}

// keyValue is a value as the schema of topologies wants it for a key, nil when the key cannot say it.
// A key of one name has one type wherever it stands, so the first place that knows it answers.
func keyValue(key, value string) *yamldoc.Node {
	for _, place := range [][]string{{"member"}, {"cluster"}, {"webServer"}, {"webServer", "log"}} {
		if n, known := schemas.Scalar("topology", value, place[0], append(place[1:], key)...); known {
			return n
		}
	}
	return nil
}

// odd reports whether a Property has more than a name and a value; then all of its kind are written as elements, so
// that their order stays.
func odd(ps []*parser.Property) bool {
	return slices.ContainsFunc(ps, func(p *parser.Property) bool { return !plainProperty(p.Node) })
}

// properties writes Property elements: as changes to those written by default, or one by one when a name occurs twice.
// changes: null takes a default out. Names that differ in letter case alone are one, as the plug-in reads them.
func (im *importer) properties(ps []*parser.Property, defaults []pair) (changes, list *yamldoc.Node) {
	if odd(ps) {
		return nil, yamldoc.NewList()
	}
	seen := map[string]bool{}
	duplicate := false
	for _, p := range ps {
		name := strings.ToLower(p.Name.V)
		duplicate = duplicate || seen[name] || !p.Value.Set()
		seen[name] = true
	}
	if duplicate {
		list = yamldoc.NewList()
		for _, p := range ps {
			list.Items = append(list.Items, newMap().Put("name", optional(p.Node, "Name")).Put("value",
				optional(p.Node, "Value")))
		}
		return nil, list
	}
	changes = newMap()
	default_ := map[string]string{}
	for _, u := range defaults {
		default_[u.name] = u.value
		if !slices.ContainsFunc(ps, func(p *parser.Property) bool { return p.Name.V == u.name }) {
			changes.Put(u.name, yamldoc.NewPlain(""))
		}
	}
	for _, p := range ps {
		if v, known := default_[p.Name.V]; !known || v != p.Value.V {
			changes.Put(p.Name.V, yamldoc.NewText(p.Value.V))
		}
	}
	return orNothing(changes), nil
}

// tlsOf returns keyring, stashfile and certLabel of a Transport; ok is false when its properties are not just these.
// A relative path is none of these: in a topology it would be one below the web server's folder.
func tlsOf(t *parser.Transport) (triple [3]string, ok bool) {
	for _, p := range t.Properties {
		i := slices.Index([]string{"keyring", "stashfile", "certLabel"}, p.Name.V)
		if i < 0 || triple[i] != "" || p.Value.V == "" || !plainProperty(p.Node) || i < 2 && !absolute(p.Value.V) {
			return triple, false
		}
		triple[i] = p.Value.V
	}
	return triple, len(t.Properties) == len(t.Node.Elements(""))
}

// commonTLS finds the settings that most https Transports share: they become the web server's.
// Of equally frequent ones the first in the file stays. Without any the settings are those of a topology that says
// nothing, so that the key tls is left out.
func (im *importer) commonTLS() (best [3]string) {
	count, most := map[[3]string]int{}, 0
	for _, c := range im.cfg.Clusters {
		for _, s := range c.Servers {
			for _, t := range s.Transports {
				if triple, ok := tlsOf(t); ok && t.Protocol.Raw() == "https" {
					if count[triple]++; count[triple] > most {
						best, most = triple, count[triple]
					}
				}
			}
		}
	}
	if most == 0 {
		best = [3]string{im.web.path("config", im.web.Name.V, "plugin-key.kdb"),
			im.web.path("config", im.web.Name.V, "plugin-key.sth"), ""}
	}
	return best
}

// tlsNode is what of the settings is not the default path: null leaves a Property out.
func (im *importer) tlsNode() *yamldoc.Node {
	n := newMap()
	for i, p := range []pair{{"keyring", "plugin-key.kdb"}, {"stashfile", "plugin-key.sth"}} {
		switch im.tls[i] {
		case im.web.path("config", im.web.Name.V, p.value):
		case "":
			n.Put(p.name, yamldoc.NewPlain(""))
		default:
			n.Put(p.name, yamldoc.NewText(im.tls[i]))
		}
	}
	if im.tls[2] != "" {
		n.Put("certLabel", yamldoc.NewText(im.tls[2]))
	}
	return orNothing(n)
}
