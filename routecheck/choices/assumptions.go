package choices

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Assumptions holds a value for every open choice, and the defaults that changed between plug-in levels. The zero
// Assumptions is no level's; begin with [Latest], [Level] or [Defaults].
type Assumptions struct {
	value   [NumPoints]uint8 // indexes into Info.Values; of a fact 1 is the opposite of what answers assume
	Session session.Assumed  // what is assumed of the servers' sessions
	// TTLAbsent is how long a stream may idle when ConnectionTTL is absent, 0 no limit (R65, PH09034).
	TTLAbsent time.Duration
	// ConnectAbsent is the ConnectTimeout of a member that names none, 0: as long as the operating system takes (R50).
	ConnectAbsent time.Duration
	// BusyClears: a probe answered 503 clears the mark (R52, PM49491).
	BusyClears bool
	// TellsFailover: a request sent after a failover carries $WSFO: true (R63, PK71492).
	TellsFailover bool
	// ESIAbsent says whether ESI caching is on when ESIEnable is absent: true, false, or unknown.
	ESIAbsent string
	// GuardsMembers: the web server answers a path with %00, a broken escape or a .. above the root with 400 where a
	// Route takes it, whatever the choice path-normalisation is (R16). The bundled proxy does.
	GuardsMembers bool
}

// Assume sets one choice from its written form, "score-tie=last". The error names what would be right.
func (s *Assumptions) Assume(assignment string) (Choice, error) {
	name, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return 0, diag.Errorf("%q: want CHOICE=VALUE, such as score-tie=last", assignment)
	}
	for c := range table {
		if table[c].Name != name {
			continue
		}
		v := slices.Index(table[c].Values, value)
		// written down by older versions in suites and settings, and no misspelling of one of the three
		if Choice(c) == RetryClock && value == "arrival" {
			return 0, fmt.Errorf("retry-clock=arrival is now one of three values, which say whose arrival counts: " +
				"arrival-starts, arrival-judges, arrival-both")
		}
		if v < 0 {
			return 0, diag.Errorf("choice %s has no value %q: want one of %s",
				name, value, strings.Join(table[c].Values, ", "))
		}
		s.value[c] = uint8(v)
		return Choice(c), nil
	}
	if c, ok := sessionChoice(name); ok {
		v := slices.Index(sessionChoices[c].Values, value)
		if v < 0 {
			return 0, diag.Errorf("choice %s has no value %q: want one of %s",
				name, value, strings.Join(sessionChoices[c].Values, ", "))
		}
		s.Session[c] = uint8(v)
		return FirstSession + Choice(c), nil
	}
	if i := slices.IndexFunc(openFacts[:], func(f OpenFact) bool { return f.Name == name }); i >= 0 {
		return 0, fmt.Errorf("%s is a fact, no open choice of the plug-in: it cannot be assumed%s",
			name, after("; ", openFacts[i].Settle))
	}
	return 0, diag.Errorf("no open choice is named %q%s", name, diag.DidYouMean(name, choiceNames()))
}

// after returns a text behind what joins it to the text before, "" for none.
func after(join, text string) string {
	if text == "" {
		return ""
	}
	return join + text
}

// choiceNames lists what can be assumed, to find what a misspelt name may mean.
func choiceNames() []string {
	var names []string
	for i := range table {
		names = append(names, table[i].Name)
	}
	for i := range sessionChoices {
		names = append(names, sessionChoices[i].Name)
	}
	return names
}

// Value returns the value of a choice as the flags write it.
func (s *Assumptions) Value(c Choice) string { return table[c].Values[s.value[c]] }

// Index returns the value of a choice as an index into its Values, for whoever compares what values lead to.
func (s *Assumptions) Index(c Choice) uint8 { return s.value[c] }

// With returns a copy in which a choice has the given value, an index into its Values.
func (s Assumptions) With(c Choice, value uint8) Assumptions {
	s.value[c] = value
	return s
}

// Is reports whether a choice has a value, for whoever need not note that an answer hangs on it: it is noted already,
// or nothing does. A decision that read a choice so would be called certain wrongly.
func (s *Assumptions) Is(c Choice, value uint8) bool { return s.value[c] == value }

// Overrides lists what differs from a base, session choices aside.
func (s *Assumptions) Overrides(base *Assumptions) (out []Override) {
	for c := range s.value {
		if s.value[c] != base.value[c] {
			out = append(out, Override{Choice(c), s.value[c]})
		}
	}
	return out
}

// Override is a choice or a fact set to another value than the base.
type Override struct {
	Choice Choice
	Value  uint8
}

// Consult reads a choice and notes that an answer may hang on it. Every decision reads its choices here, and only
// where the values would differ: that is what makes certainty sound and cheap.
func (s *Assumptions) Consult(c Choice, seen *Consulted) uint8 {
	if seen != nil {
		seen.points |= 1 << c
	}
	return s.value[c]
}
