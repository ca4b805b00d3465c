package question

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Observed says what was seen of a step.
func Observed(t *match.Table, seen *Seen) string {
	var names []string
	for _, a := range seen.Arrived {
		names = append(names, arrivalWords(t, &a))
	}
	return reached(names) + statusWords(seen.Status)
}

// reached says who got a request; one, or two in turn, who got it again and again stand there once.
func reached(names []string) string {
	if len(names) == 0 {
		return "no member got it"
	}
	var parts []string
	for i := 0; i < len(names); {
		period, n := repeated(names[i:])
		part := strings.Join(names[i:i+period], ", then ")
		if period > 1 {
			part = "(" + part + ")"
		}
		if n > 1 {
			part += fmt.Sprintf(" %d times", n)
		}
		parts = append(parts, part)
		i += n * period
	}
	return strings.Join(parts, ", then ") + " got it"
}

// repeated says how many names a list begins with again and again, one or two, and how often.
func repeated(names []string) (period, n int) {
	for period = 1; period <= 2; period++ {
		for n = 1; (n+1)*period <= len(names) && slices.Equal(names[:period], names[n*period:(n+1)*period]); {
			n++
		}
		if n > 1 {
			return period, n
		}
	}
	return 1, 1
}

func statusWords(status int) string {
	if status == 0 {
		return "; no answer"
	}
	return "; status " + strconv.Itoa(status)
}

// arrivalWords name a member, with what the plug-in has told it by the request beside the request itself.
func arrivalWords(t *match.Table, a *Arrival) string {
	text := t.Clusters[a.Cluster].Name + "/" + t.MemberName(a.Cluster, a.Member)
	if a.TLS {
		text += " over TLS"
	}
	if a.Failover {
		text += " ($WSFO)"
	}
	if a.Waits {
		text += " (Expect)"
	}
	return text
}

// predicted says how a request can go.
func predicted(t *match.Table, s *Step, routing bool, courses []explain.Course) []string {
	var out []string
	for i := range courses {
		text := courseWords(t, s, routing, &courses[i])
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// courseWords say of a course what Observed says of what was seen, so that both can be compared by reading. Of a step
// that is held nobody knows the status yet.
func courseWords(t *match.Table, s *Step, routing bool, c *explain.Course) string {
	switch {
	case c.Rejected:
		return "the plug-in rejects the file"
	case !c.Matched:
		return "the plug-in declines; no member got it"
	case routing:
		return "cluster " + t.Clusters[c.Match.Cluster].Name
	}
	var names []string
	for _, a := range arrivals(c) {
		names = append(names, arrivalWords(t, &a))
	}
	if s.Hold {
		return reached(names)
	}
	return reached(names) + statusWords(statusOf(c))
}

// SettingWords is CHOICE=VALUE.
func SettingWords(c choices.Choice, value uint8) string {
	return fmt.Sprintf("%s=%s", c, c.ValueName(value))
}

// Told says of which values of choices a question tells which are not, "score-tie: first, last".
func Told(pairs []Pair) (out []string) {
	for i := 0; i < len(pairs); {
		c := pairs[i].Choice
		var values []string
		for ; i < len(pairs) && pairs[i].Choice == c; i++ {
			for _, v := range []uint8{pairs[i].Value, pairs[i].From} {
				if name := c.ValueName(v); !slices.Contains(values, name) {
					values = append(values, name)
				}
			}
		}
		out = append(out, c.String()+" ("+strings.Join(values, ", ")+")")
	}
	return out
}
