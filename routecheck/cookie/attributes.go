package cookie

import (
	"fmt"
	"slices"
	"strings"
)

// Attributes are those of a Set-Cookie header that matter to a session (S14). Of a name that stands twice the last
// counts, as in browsers.
type Attributes struct {
	Domain, Path, SameSite string
	Secure, Persistent     bool // Persistent: Max-Age or Expires
}

// readAttributes reads what stands behind the first ; of a Set-Cookie header.
func readAttributes(text string) *Attributes {
	a := &Attributes{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch value = strings.TrimSpace(value); strings.ToLower(strings.TrimSpace(name)) {
		case "domain":
			a.Domain = value
		case "path":
			a.Path = value
		case "samesite":
			a.SameSite = value
		case "secure":
			a.Secure = true
		case "max-age", "expires":
			a.Persistent = true
		}
	}
	return a
}

// attributes holds them against what servers set, and against the file. They stand in a Set-Cookie header alone: of a
// cookie as a browser sends it nothing is said.
func (r *reader) attributes() {
	a := r.Attributes
	if a == nil {
		return
	}
	if a.Domain != "" {
		r.problem("domain", "Domain="+a.Domain+": the cookie goes to every host of it, and applications there "+
			"overwrite it; servers set none (S14)")
	}
	if strict := strings.EqualFold(a.SameSite, "Strict"); strict {
		r.problem("same-site", "SameSite=Strict: the browser leaves the cookie out where a user comes from another "+
			"site, such as a login page or a payment")
	}
	if strings.EqualFold(a.SameSite, "None") && !a.Secure {
		r.problem("same-site", "SameSite=None without Secure: browsers refuse the cookie")
	}
	if a.Persistent {
		r.problem("max-age", "Max-Age or Expires: the cookie outlives the browser, and the session times out "+
			"before it (S14, S17)")
	}
	if r.Table != nil {
		r.path()
		r.secure()
	}
}

// path tells of applications of several clusters that share the cookie.
func (r *reader) path() {
	if r.Attributes.Path != "/" {
		return
	}
	var clusters []string
	for i := range r.Table.Routes {
		rt := &r.Table.Routes[i]
		name := r.Table.Clusters[rt.Cluster].Name
		if !slices.Contains(clusters, name) && slices.Contains(cookiesOf(rt), r.Name) {
			clusters = append(clusters, name)
		}
	}
	if len(clusters) > 1 {
		r.problem("path", fmt.Sprintf("Path=/ and cookie %s serve clusters %s: on one host each overwrites that "+
			"of the other (WP302)",
			r.Name, strings.Join(clusters, ", ")))
	}
}

// secure tells of ports at which browsers would not send it. An alias does not say which scheme is spoken there, so
// only port 80 counts.
func (r *reader) secure() {
	const http = 80
	if r.Attributes.Secure && r.Table.TakesPort(http) {
		r.problem("secure", "Secure: the browser sends the cookie over https alone, and the file serves http on "+
			"port 80, too: a session is lost there")
	}
}
