package generate

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// importRoutes turns Routes into applications.
type importRoutes struct {
	*importer
	used map[*parser.UriGroup]bool // groups that an application tells
	seen map[[3]string]bool        // the references of Routes
	rest bool                      // the Routes from here on are written as elements
}

func newRoutes(im *importer) *importRoutes {
	return &importRoutes{importer: im, used: map[*parser.UriGroup]bool{}, seen: map[[3]string]bool{}}
}

// add writes a Route as an application for each run of its Uris, or as an element where no application gives it.
func (im *importRoutes) add(applications *yamldoc.Node, r *parser.Route) {
	_, group, _ := im.names.RouteParts(r)
	id := [3]string{reference(r.VirtualHostGroup), reference(r.UriGroup), reference(r.ServerCluster)}
	if r.UriGroup.Set() && group == nil || !plainRoute(r.Node) {
		im.rest = true // no application says this
	}
	if im.rest || im.seen[id] {
		// As an element it stands behind the Routes of all applications, so those that follow must be elements too; a
		// Route that is there already never wins, wherever it stands.
		im.raw = append(im.raw, im.element(r.Node))
		return
	}
	im.seen[id] = true
	comment := im.within(r.Node)
	if group == nil {
		app := im.application(r).Put("uris", yamldoc.NewPlain(""))
		app.Comment = comment
		applications.Items = append(applications.Items, app)
		return
	}
	im.used[group] = true
	for i, run := range runs(group.Uris) {
		app := im.application(r)
		if name := groupName(r.VirtualHostGroup.V, r.ServerCluster.V); group.Name.V != name {
			app.Put("uriGroup", yamldoc.NewText(group.Name.V))
		}
		im.uris(app, run)
		if i == 0 {
			if comment != "" {
				im.pending = []string{comment}
			}
			app.Comment = im.within(group.Node)
		}
		applications.Items = append(applications.Items, app)
	}
	im.onlyName(group.Node)
	if stray := im.strays(group.Node, "Uri"); stray != nil {
		im.lost(group.Node, "the other elements inside uri group %q", group.Name.V)
	}
}

// reference tells a value that is not written from an empty one: XML holds no NUL.
func reference(v parser.Val[string]) string {
	if !v.Set() {
		return "\x00"
	}
	return v.V
}

// plainRoute reports whether a Route has the three references and nothing else.
func plainRoute(n *parser.Node) bool {
	for _, a := range n.Attrs {
		if a.Name != "ServerCluster" && a.Name != "UriGroup" && a.Name != "VirtualHostGroup" {
			return false
		}
	}
	return len(n.Elements("")) == 0
}

// application names cluster and virtual host by their keys; a name that nothing defines is kept as it is. default_host
// needs no word where it is described, as it is what an application has by itself.
func (im *importRoutes) application(r *parser.Route) *yamldoc.Node {
	app := newMap()
	cluster := optional(r.Node, "ServerCluster")
	if k, known := im.clusters[cluster.Text]; known && r.ServerCluster.Set() {
		cluster = yamldoc.NewText(k)
	}
	app.Put("cluster", cluster)
	host := optional(r.Node, "VirtualHostGroup")
	if k, known := im.hosts[host.Text]; known && r.VirtualHostGroup.Set() {
		host = yamldoc.NewText(k)
	}
	if _, known := im.hosts["default_host"]; !known || host.Text != "default_host" || !r.VirtualHostGroup.Set() {
		app.Put("virtualHost", host)
	}
	return app
}

// runs cuts the URIs of a group into runs of equal cookie names: each becomes an application. An empty group is one
// empty run.
func runs(uris []*parser.Uri) [][]*parser.Uri {
	all := [][]*parser.Uri{nil}
	for i, u := range uris {
		if i > 0 && (reference(u.AffinityCookie) != reference(uris[i-1].AffinityCookie) ||
			reference(u.AffinityURLIdentifier) != reference(uris[i-1].AffinityURLIdentifier)) {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], u)
	}
	return all
}

// uris writes the Uris of a run, and the cookie names that they share where these are not the flavor's.
func (im *importRoutes) uris(app *yamldoc.Node, run []*parser.Uri) {
	list := yamldoc.NewList()
	for _, u := range run {
		list.Items = append(list.Items, im.uri(u))
	}
	if root, ok := contextRoot(list); ok {
		app.Put("contextRoot", yamldoc.NewText(root))
	} else {
		app.Put("uris", list)
	}
	if len(run) == 0 {
		return
	}
	session := newMap()
	for i, key := range []string{"cookie", "urlIdentifier"} {
		name, default_ := "AffinityCookie", ""
		if i == 1 {
			name = "AffinityURLIdentifier"
		}
		if im.flavor.uri != nil {
			default_ = im.flavor.uri[i].value
		}
		if a := run[0].Node.Attr(name); a == nil && default_ != "" || a != nil &&
			(a.Value != default_ || default_ == "") {
			session.Put(key, optional(run[0].Node, name))
		}
	}
	app.Put("session", orNothing(session))
}

// contextRoot returns the context root that a single plain pattern stands for; /* is better written as it is.
func contextRoot(list *yamldoc.Node) (string, bool) {
	if len(list.Items) != 1 || list.Items[0].Kind != yamldoc.Scalar {
		return "", false
	}
	root, ok := strings.CutSuffix(list.Items[0].Text, "/*")
	return root, ok && root != "" && contextURI(root) == list.Items[0].Text
}

// uri is a text where its Name says all, else a map with overrides. Name="" has no key, and is an override.
func (im *importRoutes) uri(u *parser.Uri) *yamldoc.Node {
	overrides := newMap()
	for i := range u.Node.Attrs {
		a := &u.Node.Attrs[i]
		if a.Name != "Name" && a.Name != "AffinityCookie" && a.Name != "AffinityURLIdentifier" &&
			u.Node.Attr(a.Name) == a {
			overrides.Put(a.Name, yamldoc.NewText(a.Value))
		}
	}
	if stray := im.strays(u.Node); stray != nil {
		im.lost(u.Node, "the elements inside URI %q", u.Name.V)
	}
	if u.Name.Set() && u.Name.V != "" && len(overrides.Fields) == 0 {
		return yamldoc.NewText(u.Name.V)
	}
	if u.Name.Set() && u.Name.V == "" {
		overrides.Put("Name", yamldoc.NewText(""))
	}
	n := newMap()
	if u.Name.V != "" {
		n.Put("name", yamldoc.NewText(u.Name.V))
	}
	return n.Put("overrides", overrides)
}

// unused keeps the groups of which no application tells as elements, before the Routes that may name them.
func (im *importRoutes) unused() {
	var groups []*yamldoc.Node
	for _, g := range im.cfg.UriGroups {
		if !im.used[g] {
			groups = append(groups, im.element(g.Node))
		}
	}
	im.raw = append(groups, im.raw...)
}
