//go:build !js

// A browser does not ask what leads to a name. That must be said here: what adds itself to a list, or is made by a
// call, is linked even where nobody reads the list.

package whyreport

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck/explain/reverse"
)

// To are the formats of what leads to a cluster or member.
var To = forms.List[*answers.ToAnswer]{
	forms.AsText(func(w io.Writer, a *answers.ToAnswer) error { return toText(w, a.Answer) }),
	forms.AsJSON(func(w io.Writer, a *answers.ToAnswer) error { return forms.JSON(w, a.Answer) }),
}

// toText says what leads to a cluster or member: the Uris that new sessions come by, then sessions, then failover;
// then what one might expect to lead there and does not.
func toText(w io.Writer, a *reverse.Answer) error {
	fmt.Fprintln(w, toHeadline(a))
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "  %-14s %s\n", name, text)
		}
	}
	through := forms.Count(a.Routes, "route")
	switch {
	case a.To.Member == "" && a.Nothing == "": // Nothing says why no request gets there
		row("new sessions", "all of those of "+a.To.Cluster+", through "+through)
	case a.To.Member != "" && len(a.Rows) > 0:
		row("new sessions",
			fmt.Sprintf("%.1f %% of those of %s, through %s", 100*a.NewSessions, a.To.Cluster, through))
	}
	toRows(w, a.Rows)
	row("sessions", toSessions(a.Cookies))
	if len(a.Failover) > 0 {
		row("failover", "sessions of "+someOf(a.Failover)+" while they are down")
	}
	var never []string
	for _, n := range a.Never {
		never = append(never, n.Text)
	}
	row("never", strings.Join(never, "; "))
	return nil
}

// toHeadline names what was asked about: of a member also its place among those that get new sessions, and its weight.
func toHeadline(a *reverse.Answer) string {
	t := &a.To
	if t.Member == "" {
		return "to cluster " + t.Cluster + after(": nothing, ", a.Nothing)
	}
	facts := []string{t.Role}
	switch {
	case t.Role == "none":
		facts[0] = "in no list"
	case t.Place > 0:
		facts = []string{fmt.Sprintf("%s %d", t.Role, t.Place), fmt.Sprintf("weight %d of %d", t.Weight, t.Of)}
	}
	if t.CloneID != "" {
		facts = append(facts, "clone ID "+t.CloneID)
	}
	return "to " + t.Member + " of " + t.Cluster + " (" + strings.Join(facts, ", ") + ")" +
		after(": no new sessions, ", a.Nothing)
}

// toRows writes the Uris, those of an alias on one line unless something is excepted from them.
func toRows(w io.Writer, rows []reverse.Row) {
	var aliases []string
	for i := range rows {
		if a := rows[i].Alias; !slices.Contains(aliases, a) {
			aliases = append(aliases, a)
		}
	}
	for _, alias := range aliases {
		var plain []string
		for i := range rows {
			if r := &rows[i]; r.Alias == alias && len(r.Except) == 0 && r.Choice == "" {
				plain = append(plain, r.Pattern)
			}
		}
		if len(plain) > 0 {
			fmt.Fprintf(w, "    %-30s %s\n", aliasURL(alias), strings.Join(plain, "  "))
		}
		for i := range rows {
			if r := &rows[i]; r.Alias == alias && (len(r.Except) > 0 || r.Choice != "") {
				fmt.Fprintf(w, "    %-30s %s\n", aliasURL(alias), rowText(r))
			}
		}
	}
}

// rowText is a Uri with what is excepted from it: a part of its URLs that another Route takes. Choice is an open
// choice that it hangs on, or CHOICE=VALUE with which alone it holds.
func rowText(r *reverse.Row) string {
	text := r.Pattern
	var except []string
	for _, x := range r.Except {
		part := x.Pattern
		if x.Alias != r.Alias {
			part += " on " + orAny(x.Alias)
		}
		except = append(except, part+" (→ "+x.Cluster+")")
	}
	if len(except) > 0 {
		text += "  except " + strings.Join(except, ", ")
	}
	switch {
	case strings.Contains(r.Choice, "="):
		text += "  only with " + r.Choice
	case r.Choice != "":
		text += "  hangs on " + r.Choice
	}
	return text
}

// aliasURL writes an alias as the URL that it takes.
func aliasURL(alias string) string {
	switch {
	case alias == "":
		return "(any host)"
	case strings.HasSuffix(alias, ":443"):
		return "https://" + alias
	}
	return "http://" + alias
}

// toSessions lists the cookies and URL parameters by which a session gets to the member.
func toSessions(cookies []reverse.Cookie) string {
	var parts []string
	for _, c := range cookies {
		what := c.Name + "=" + c.Value
		if !strings.HasPrefix(what, ";") {
			what = "cookie " + what
		}
		parts = append(parts, what+" on "+someOf(c.Patterns))
	}
	return strings.Join(parts, ", ")
}

// someOf joins names with "and", of many the first.
func someOf(names []string) string {
	const most = 5
	switch n := len(names); {
	case n > most:
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", n-most)
	case n > 1:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}
