package generate

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// uri is a pattern and who asked for it.
type uri struct {
	element            element
	app                *Application
	name               string
	cookie, identifier string // two patterns of one name must agree in them
}

// agrees reports whether two patterns have the same cookie names.
func (u *uri) agrees(v *uri) bool { return u.cookie == v.cookie && u.identifier == v.identifier }

// route is a Route under construction: the applications of one virtual host, one cluster and one UriGroup.
type route struct {
	host, cluster, group text // as they are to be written
	everyURI             bool // without UriGroup (R17)
	at                   diag.Span
	uris                 []uri
}

// routes adds the UriGroups and then the Routes, in the order in which the applications first need them.
// UriGroups have one name space: two Routes may share one, when several clusters or virtual hosts serve the same URIs,
// and then both must want the same of it.
func (c *compiler) routes(root element, served []*Application) {
	all := c.settle(c.gather(served))
	groups := map[string]*route{}
	for _, r := range all {
		if r.everyURI {
			continue
		}
		if other := groups[r.group.V]; other != nil {
			if !sameURIs(r.uris, other.uris) {
				c.report(r.group.Span(), diag.DuplicateName, "uri group %q has other URIs for cluster %q than for "+
					"%q; give one of them another uriGroup", r.group.V, other.cluster.V, r.cluster.V)
			}
			continue
		}
		groups[r.group.V] = r
		group := newElement("UriGroup", r.at)
		group.set("Name", r.group)
		for _, u := range r.uris {
			group.add(u.element)
		}
		root.add(group)
	}
	for _, r := range all {
		e := newElement("Route", r.at)
		e.set("ServerCluster", r.cluster)
		if !r.everyURI {
			e.set("UriGroup", r.group)
		}
		e.set("VirtualHostGroup", r.host)
		root.add(e)
	}
}

// gather puts applications together that one Route can serve, as the generators do: one Route for each virtual host,
// cluster and group.
func (c *compiler) gather(served []*Application) []*route {
	type key struct {
		host, cluster, group string
		hostSet, every       bool
	}
	known := map[key]*route{}
	var all []*route
	for _, a := range served {
		r := &route{host: a.VirtualHost, cluster: a.Cluster, group: a.UriGroup, everyURI: a.EveryURI,
			at: start(a.Node.Span)}
		if k := c.t.cluster(a.Cluster.V); k != nil && a.Cluster.Set() {
			r.cluster.V = k.name().V
		}
		if h := c.t.virtualHost(a.VirtualHost.V); h != nil && a.VirtualHost.Set() {
			r.host.V = h.name().V
		}
		if !r.group.Set() {
			r.group = diag.Written(groupName(r.host.V, r.cluster.V), r.at)
		}
		id := key{a.VirtualHost.V, a.Cluster.V, r.group.V, a.VirtualHost.Set(), r.everyURI}
		if known[id] == nil {
			known[id] = r
			all = append(all, r)
		}
		known[id].uris = c.uris(known[id].uris, a)
	}
	return all
}

// groupName is the name that the generators give a UriGroup.
func groupName(host, cluster string) string {
	if host == "" {
		return cluster + "_URIs"
	}
	return host + "_" + cluster + "_URIs"
}

// uris adds the patterns of an application with the cookie names in force.
// The nearest wins: the application's session, its cluster's, the whole file's.
func (c *compiler) uris(all []uri, a *Application) []uri {
	session := a.Session
	if k := c.t.cluster(a.Cluster.V); k != nil && a.Cluster.Set() {
		session = session.over(k.Session)
	}
	session = session.over(c.t.Session)
	list, root := a.Node.Get("uris"), a.Node.Field("contextRoot")
	own := len(all)
	add := func(name text, at diag.Span) element {
		e := newElement("Uri", at)
		e.putDefaults(c.flavor.uri...)
		e.setOrDrop("AffinityCookie", session.Cookie, session.noCookie)
		e.setOrDrop("AffinityURLIdentifier", session.URLIdentifier, session.noIdentifier)
		e.set("Name", name)
		all = append(all, uri{element: e, app: a, name: name.V})
		return e
	}
	switch {
	case list != nil && root != nil:
		c.wrong(root.NameSpan, "application %q has uris and a contextRoot; write one of them", a.Name.V)
	case root != nil:
		name := root.Value.Str()
		name.V = contextURI(name.V)
		add(name, root.Value.Span)
		if name.V == "/*" {
			c.report(root.Value.Span, diag.URICatchAll, "context root %q becomes the URI /*, which takes static "+
				"files and every other path from the web server", root.Value.Text)
		}
	case list == nil:
		c.wrong(a.Node.Span, "application %q has neither a contextRoot nor uris, so no request can reach it", a.Name.V)
	default:
		all = slices.Grow(all, len(list.Items))
		for _, item := range list.Items {
			if item.Str().Set() {
				add(item.Str(), item.Span)
			} else {
				add(item.Get("name").Str(), start(item.Span)).override(item.Get("overrides"))
			}
		}
	}
	// read back from the elements, since overrides of a Uri may have changed them
	for i := own; i < len(all); i++ {
		all[i].cookie, all[i].identifier = attr(all[i].element, "AffinityCookie"),
			attr(all[i].element, "AffinityURLIdentifier")
	}
	return all
}

func attr(e element, name string) string {
	if a := e.Attr(name); a != nil {
		return a.Value
	}
	return ""
}

// contextURI turns a context root into a pattern, as Liberty's generator does.
// "/" gives /*, "shop" and "/shop/" give /shop/*; what ends in /* or begins with *. is a pattern already.
func contextURI(root string) string {
	if strings.HasPrefix(root, "*.") {
		return root
	}
	if !strings.HasPrefix(root, "/") {
		root = "/" + root
	}
	if strings.HasSuffix(root, "/*") {
		return root
	}
	return strings.TrimRight(root, "/") + "/*"
}

// sameURIs: in the same order, too, as of equal scores the first wins (R13).
func sameURIs(a, b []uri) bool {
	return slices.EqualFunc(a, b, func(x, y uri) bool { return x.name == y.name && x.agrees(&y) })
}

// cluster returns a cluster by its key, nil when there is none.
func (t *Topology) cluster(key string) *Cluster { return t.clusterByKey[key] }

// virtualHost returns a virtual host by its key, nil when there is none.
func (t *Topology) virtualHost(key string) *VirtualHost { return t.hostByKey[key] }
