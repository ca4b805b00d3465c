package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck/cookie"
)

// Cookie are the formats of what a cookie tells.
var Cookie = forms.List[*answers.CookieAnswer]{
	forms.AsText(func(w io.Writer, a *answers.CookieAnswer) error { return cookieText(w, a.Report) }),
	forms.AsJSON(func(w io.Writer, a *answers.CookieAnswer) error { return forms.JSON(w, a.Report) }),
}

// cookieText reads the cookie part by part, in the order in which it is written: CACHEID SESSIONID:CLONE:CLONE (S1).
// Rows about which there is nothing to say are left out.
func cookieText(w io.Writer, r *cookie.Report) error {
	what := r.Value
	if r.Name != "" {
		what = r.Name + "=" + what
	}
	fmt.Fprintf(w, "cookie %s\n", what)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "  %-11s %s\n", name, text)
		}
	}
	if r.Product == "" { // else it is not of WebSphere, and has no such parts; a problem says whose it is
		row("cache ID", cacheIDText(r))
		row("session ID", sessionIDText(r))
		row("homes", homesText(r))
		row("partition", partitionText(r))
		row("unknown", unknownText(r))
	}
	row("length", fmt.Sprintf("%d of %d", len(r.Value), cookie.MostLength))
	for _, id := range r.IDs {
		for _, n := range id.Near {
			row("near", fmt.Sprintf("%s of %s in cluster %s: %s", n.ID, n.Member, n.Cluster, n.What))
		}
	}
	for _, p := range r.Problems {
		row("problem", p.Text)
	}
	return nil
}

// cacheIDText says what the counter in front means: 0000 of a session in memory, else how often another member has
// read the session from where it is kept. It says "at least": the count begins anew behind 9999, and not every re-read
// counts (S4).
func cacheIDText(r *cookie.Report) string {
	switch {
	case r.CacheID == "":
		return ""
	case r.CacheID == "0000":
		return "0000: not persistent, the session lives in the memory of one member (S3)"
	case !r.Persistent:
		return r.CacheID
	case r.Rereads == 0:
		return r.CacheID + ": persistent (database or memory-to-memory); never re-read from the store (S3)"
	case r.Rereads == 1:
		return r.CacheID + ": persistent (database or memory-to-memory); re-read from the store at least once (S3, S4)"
	}
	return fmt.Sprintf("%s: persistent (database or memory-to-memory); re-read from the store at least %d times "+
		"(S3, S4)",
		r.CacheID, r.Rereads)
}

func sessionIDText(r *cookie.Report) string {
	switch {
	case r.CacheID == "":
		return ""
	case r.SessionID.OK:
		return forms.Count(r.SessionID.Length, "character") + " of WebSphere's alphabet"
	}
	return forms.Count(r.SessionID.Length, "character")
}

// homesText tells who had the session: the first made it, each that follows took it over (S9, R24).
func homesText(r *cookie.Report) string {
	var parts []string
	first := ""
	for _, id := range r.IDs {
		if id.Kind != cookie.Clone {
			continue
		}
		text := id.ID + " " + id.Member
		if first == "" {
			first = id.Member
			text += " (" + id.Cluster + ", " + placeText(&id) + ")"
		}
		parts = append(parts, text)
	}
	text := strings.Join(parts, ", then ")
	switch n := len(parts) - 1; {
	case n == 1:
		text += ": taken over once, returns to " + first + " when it is up"
	case n > 1:
		text += fmt.Sprintf(": taken over %d times, returns to %s when it is up", n, first)
	}
	return text
}

// placeText is where a member stands among those that get new sessions: "primary 2" is the second of PrimaryServers.
func placeText(id *cookie.ID) string {
	if id.Place == 0 {
		return "in no list"
	}
	return fmt.Sprintf("%s %d", id.Role, id.Place)
}

func partitionText(r *cookie.Report) string {
	return joinIDs(r, cookie.Partition, "; which member has it, the plug-in learns from the servers (R28)")
}

// unknownText lists IDs that are of nobody in the configuration. Without one that holds of all, and says nothing.
func unknownText(r *cookie.Report) string {
	if r.LookedUp {
		return joinIDs(r, cookie.Unknown, "")
	}
	return joinIDs(r, cookie.Unknown, "; without a plugin-cfg.xml nobody can say whose (-c FILE)")
}

// joinIDs lists the IDs of a kind and says something of them, nothing where there are none. An ID without text, as of
// a separator at the end, has nothing to be shown.
func joinIDs(r *cookie.Report, kind, after string) string {
	var ids []string
	for _, id := range r.IDs {
		if id.Kind == kind && id.ID != "" {
			ids = append(ids, id.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return strings.Join(ids, ", ") + after
}
