package routing

import (
	"path"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/space"
)

var _ = group.Add(&lint.Rule{
	Code: diag.LoginURIMissing, Name: "login-uri-missing", Category: lint.Routing, Severity: diag.Warning,
	Check:    check.On(checkLogin),
	Subjects: []string{"Uri/Name"},
	Doc: lint.Doc{
		Title: "An application is listed by its patterns, without the URIs of a form login",
		Why: "The login page posts to j_security_check, which is then declined: the form login ends in 404. " +
			"Which applications have a form login stands in no such file, and those without one need neither. " +
			"Looked at are applications listed by patterns of files, as /shop/*.jsp, or of servlets, " +
			"/shop/servlet/*; single servlets cannot be told from other paths.",
		Bad: example.UriGroup("shop_uris", "/shop/*.jsp", "/shop/cart"),
		Good: example.UriGroup("shop_uris", "/shop/*.jsp", "/shop/cart", "/shop/j_security_check",
			"/shop/ibm_security_logout"),
		NearMiss: example.UriGroup("shop_uris", "/shop/*.jsp", "/shop/*"),
		Source:   "recalled; generators write both URIs",
	},
})

// checkLogin looks at applications that are listed by patterns of files, as "/shop/*.jsp", or of servlets,
// "/shop/servlet/*", and asks the decision core who gets the URIs of a form login there.
func checkLogin(p *check.Pass) {
	keys := firstKeys(p)
	done, told := map[string]bool{}, map[string]bool{}
	folders := map[*parser.UriGroup][]string{}
	for i := range p.Routes {
		r := &p.Routes[i]
		key, ok := keys[r.Hosts]
		if !ok || r.Uris == nil || r.Cluster == nil {
			continue
		}
		for _, u := range r.Uris.Uris {
			roots := contextRoots(u.Name.V)
			if len(roots) == 0 || done[u.Name.V] || len(done) > maxApplications {
				continue
			}
			done[u.Name.V] = true
			if roots[0] == "" {
				if folders[r.Uris] == nil {
					folders[r.Uris] = foldersOf(r.Uris)
				}
				roots = append(roots, folders[r.Uris]...) // "*.jsp" alone does not tell the context root
			}
			if !told[roots[0]] && !slices.ContainsFunc(roots, func(root string) bool {
				return serves(p, key, root+"/j_security_check")
			}) {
				told[roots[0]] = true
				reportLogin(p, u, key, roots[0])
			}
		}
	}
}

// reportLogin names the logout page, too, where it is missing as well.
func reportLogin(p *check.Pass, u *parser.Uri, key space.MatchKey, root string) {
	missing := []string{root + "/j_security_check"}
	if logout := root + "/ibm_security_logout"; !serves(p, key, logout) {
		missing = append(missing, logout)
	}
	p.Report(u.Name.Span(), "the application at %q is listed by its patterns, without %s; a form login there is "+
		"believed to end in 404", root+"/", check.List(missing))
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

// maxFolders bounds the folders of a group that are asked about.
const maxFolders = 100

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
func serves(p *check.Pass, key space.MatchKey, path string) bool {
	key.Path = path
	return slices.ContainsFunc(space.RouteOutcomes(p.Table, key), func(r space.RouteOutcome) bool { return r.OK })
}

// firstKeys gives a host and port for each group of virtual hosts: those of its first alias.
func firstKeys(p *check.Pass) map[*parser.VirtualHostGroup]space.MatchKey {
	keys, fresh := map[*parser.VirtualHostGroup]space.MatchKey{}, p.UnusedNames()
	for i := range p.Aliases {
		a := &p.Aliases[i]
		if _, known := keys[a.Group]; !known {
			keys[a.Group] = fresh.Key(a.Alias)
		}
	}
	return keys
}
