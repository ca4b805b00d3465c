package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/space"
)

var loginURIMissing = &lint.Rule{
	Code: diag.LoginURIMissing, Name: "login-uri-missing", Category: lint.Routing, Severity: diag.Warning,
	Check:    on(checkLogin),
	Subjects: []string{"Uri/Name"},
	Doc: lint.Doc{
		Title: "An application is listed by its patterns, without the URIs of a form login",
		Why: "The login page posts to j_security_check, which is then declined: the form login ends in 404. " +
			"Which applications have a form login stands in no such file, and those without one need neither. " +
			"Looked at are applications listed by patterns of files, as /shop/*.jsp, or of servlets, " +
			"/shop/servlet/*; single servlets cannot be told from other paths.",
		Bad: uriGroup("shop_uris", "/shop/*.jsp", "/shop/cart"),
		Good: uriGroup("shop_uris", "/shop/*.jsp", "/shop/cart", "/shop/j_security_check",
			"/shop/ibm_security_logout"),
		NearMiss: uriGroup("shop_uris", "/shop/*.jsp", "/shop/*"),
		Source:   "recalled; generators write both URIs",
	},
}

// checkLogin looks at applications that are listed by patterns of files, as "/shop/*.jsp", or of servlets,
// "/shop/servlet/*", and asks the decision core who gets the URIs of a form login there.
func checkLogin(p *pass) {
	spots := p.firstSpots()
	done, told := map[string]bool{}, map[string]bool{}
	folders := map[*parser.UriGroup][]string{}
	for i := range p.index.routes {
		r := &p.index.routes[i]
		spot, ok := spots[r.vhosts]
		if !ok || r.uris == nil || r.cluster == nil {
			continue
		}
		for _, u := range r.uris.Uris {
			roots := contextRoots(u.Name.V)
			if len(roots) == 0 || done[u.Name.V] || len(done) > maxApplications {
				continue
			}
			done[u.Name.V] = true
			if roots[0] == "" {
				if folders[r.uris] == nil {
					folders[r.uris] = foldersOf(r.uris)
				}
				roots = append(roots, folders[r.uris]...) // "*.jsp" alone does not tell the context root
			}
			if !told[roots[0]] && !slices.ContainsFunc(roots, func(root string) bool {
				return p.serves(spot,
					root+"/j_security_check")
			}) {
				told[roots[0]] = true
				p.reportLogin(u, spot, roots[0])
			}
		}
	}
}

func (p *pass) reportLogin(u *parser.Uri, spot space.MatchKey, root string) {
	missing := []string{root + "/j_security_check"}
	if logout := root + "/ibm_security_logout"; !p.serves(spot, logout) {
		missing = append(missing, logout)
	}
	p.Report(u.Name.Span(), "the application at %q is listed by its patterns, without %s; a form login there is "+
		"believed to end in 404", root+"/", list(missing))
}

const maxApplications = 10_000

// static are the endings of files that no application asks a login for by itself.
var static = []string{"css", "gif", "htm", "html", "ico", "jpeg", "jpg", "js", "map", "pdf", "png", "svg", "txt",
	"woff", "woff2", "xml"}

// contextRoots lists what can be the context root of an application that a Uri lists a part of, the likeliest first;
// nil when the Uri tells nothing of it. The folder of a pattern of files may be one within the application; "servlet"
// stands directly in its context root.
func contextRoots(uri string) []string {
	if root, _, ok := strings.Cut(uri, "/servlet/"); ok {
		return []string{root}
	}
	folder, extension, ok := strings.Cut(uri, "*.")
	if !ok || extension == "" || strings.Contains(folder+extension, "*") || slices.Contains(static, extension) {
		return nil
	}
	folder, ok = strings.CutSuffix(folder, "/")
	if !ok && folder != "" {
		return nil
	}
	var roots []string
	for ; folder != "" && folder != "/" && folder != "."; folder = path.Dir(folder) {
		roots = append(roots, folder)
	}
	slices.Reverse(roots)
	return append(roots, "")
}

const maxFolders = 100 // of a group that are asked about

// foldersOf lists the folders in which the Uris of a group stand.
func foldersOf(g *parser.UriGroup) []string {
	out, seen := []string{""}, map[string]bool{}
	for _, u := range g.Uris {
		head, _, _ := strings.Cut(u.Name.V, "*")
		for folder := path.Dir(head); len(folder) > 1 && len(out) < maxFolders &&
			!seen[folder]; folder = path.Dir(folder) {
			seen[folder] = true
			out = append(out, folder)
		}
	}
	return out
}

// serves reports whether a Route takes a path of a place under some choice.
func (p *pass) serves(spot space.MatchKey, path string) bool {
	spot.Path = path
	return slices.ContainsFunc(space.RouteOutcomes(p.Table, spot), func(r space.RouteOutcome) bool { return r.OK })
}

// firstSpots gives a host and port for each group of virtual hosts: those of its first alias.
func (p *pass) firstSpots() map[*parser.VirtualHostGroup]space.MatchKey {
	spots, fresh := map[*parser.VirtualHostGroup]space.MatchKey{}, p.fresh()
	for i := range p.index.aliases {
		a := &p.index.aliases[i]
		if _, known := spots[a.group]; !known {
			spots[a.group] = fresh.Key(a.Alias)
		}
	}
	return spots
}
