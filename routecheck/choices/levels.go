package choices

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

// version is a plug-in level: four numbers, 7.0.0.13.
type version [4]int

// LevelFact is a choice or default that a plug-in level changes: one row of the one table that lint, explain, why and
// the proxy ask.
type LevelFact struct {
	Name     string // of the choice, or of the default
	Rule     string // the rule of the decision that asks for it, "" for none
	Source   string // the APAR or text behind it
	Since    []Since
	Platform string // the only one that it concerns, "" all

	set func(*Assumptions, string) // nil: Name is an open choice
}

// Since is a value that holds from a plug-in level on, until the next one of its fact.
type Since struct {
	Level string // 7.0.0.13
	Value string
}

// LevelFacts lists what plug-in levels change, the rows in the order of the page. Whatever is not in it is the same at
// every level.
func LevelFacts() []LevelFact { return slices.Clone(levelFacts) }

// levelFacts are the rows. Since begins with 5.1, the first level of which anything is known, and goes up; where a fix
// came to an older release by a fix pack of its own, the value of the release after that has to be said again.
var levelFacts = []LevelFact{
	{
		Name: "affinity-failover", Source: "PM12112",
		Since: []Since{
			{"5.1", "next-primary"}, {"6.1.0.33", "balance"},
			{"7.0", "next-primary"}, {"7.0.0.13", "balance"},
		},
	},
	{
		Name: "retry-clock", Source: "PK28197",
		Since: []Since{
			{"5.1", "arrival-both"}, {"5.1.1.13", "now"},
			{"6.0", "arrival-both"}, {"6.0.2.17", "now"},
			{"6.1", "arrival-both"}, {"6.1.0.5", "now"},
		},
	},
	{
		Name: "ConnectionTTL absent", Rule: "R65", Source: "PH09034",
		Since: []Since{{"5.1", "no limit"}, {"8.5.5.16", "28 s"}},
		set:   func(s *Assumptions, v string) { s.TTLAbsent = secondsOf(v) },
	},
	{
		Name: "probe answered 503 clears the mark", Rule: "R52",
		Source: "PM49491; its fix pack is not public: 8.0 assumed",
		Since:  []Since{{"5.1", "no"}, {"8.0", "yes"}},
		set:    func(s *Assumptions, v string) { s.BusyClears = v == "yes" },
	},
	{
		Name: "$WSFO", Rule: "R63", Source: "PK71492; earlier fix packs than 7.0.0.3 unknown",
		Since: []Since{{"5.1", "no"}, {"7.0.0.3", "yes"}},
		set:   func(s *Assumptions, v string) { s.TellsFailover = v == "yes" },
	},
	{
		Name: "ConnectTimeout absent", Rule: "R50", Source: "IBM, plugin-cfg.xml file",
		Since: []Since{{"5.1", "OS"}, {"8.0", "5 s"}},
		set:   func(s *Assumptions, v string) { s.ConnectAbsent = secondsOf(v) },
	},
	{
		Name: "ESIEnable absent", Source: "IBM says of V5.1 that ESI is enabled by default, of V9 that it is disabled",
		Since: []Since{{"5.1", "true"}, {"8.0", "unknown"}, {"9.0.5", "false"}},
		set:   func(s *Assumptions, v string) { s.ESIAbsent = v },
	},
	{
		Name: "merge-slashes", Source: "IHS 9 stands on httpd 2.4, which merges since 2.4.39", Platform: "ihs",
		Since: []Since{{"5.1", "no"}, {"9.0.5", "yes"}},
	},
}

// at returns the value of a fact at a level: the last one whose level is not above it. A fix reaches each release by a
// fix pack of its own, so values may go back: 6.1.0.33 has what 7.0 has not, and 7.0.0.13 has again.
func (f *LevelFact) at(v version) string {
	value := ""
	for _, s := range f.Since {
		if from, _ := parseVersion(s.Level); slices.Compare(from[:], v[:]) <= 0 {
			value = s.Value
		}
	}
	return value
}

// secondsOf reads "28 s"; "OS" and "no limit" are 0.
func secondsOf(value string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSuffix(value, " s"))
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// platforms are the web servers that the plug-in sits in, and what they do to a path before it is matched (R16). The
// first is the default. Of those other than IHS and Apache nothing is known to change a path.
var platforms = []struct {
	name, normalisation string
	guardsMembers       bool
}{
	{"ihs", "decode-and-clean", false}, {"apache", "decode-and-clean", false},
	{"iis", "none", false}, {"domino", "none", false}, {"sun", "none", false}, {"zos", "none", false},
	{"proxy", "none", true}, // the bundled one
}

// Platforms lists the web servers that a plug-in can sit in; the first is the default. "proxy" is the bundled one.
func Platforms() []string {
	names := make([]string, len(platforms))
	for i := range platforms {
		names[i] = platforms[i].name
	}
	return names
}

// Latest returns the defaults of the latest plug-in level in IBM HTTP Server.
func Latest() Assumptions { return latest() }

var latest = sync.OnceValue(func() Assumptions {
	s, _ := Defaults("latest", "")
	return s
})

// Level returns the defaults of a plug-in level in IBM HTTP Server: "latest", or a version such as "8.5.5.20". A level
// takes what the nearest one not above it has; a version below 5.1 is an error.
func Level(name string) (Assumptions, error) { return Defaults(name, "") }

// Defaults returns the defaults of a plug-in level in a web server. level is "latest" ("" too), or a version; platform
// one of [Platforms], "" the first.
func Defaults(level, platform string) (Assumptions, error) {
	var s Assumptions
	v, err := parseLevel(level)
	if err != nil {
		return s, err
	}
	if platform == "" {
		platform = platforms[0].name
	}
	for i := range levelFacts {
		f := &levelFacts[i]
		switch {
		case f.Platform != "" && f.Platform != platform: // it keeps the first value, as every choice that has no row
		case f.set != nil:
			f.set(&s, f.at(v))
		default:
			if _, err := s.Assume(f.Name + "=" + f.at(v)); err != nil {
				return s, err
			}
		}
	}
	for _, p := range platforms {
		if p.name == platform {
			s.GuardsMembers = p.guardsMembers
			_, err := s.Assume(PathNormalisation.String() + "=" + p.normalisation)
			return s, err
		}
	}
	return s, diag.Errorf("platform %q: want one of %s%s", platform, strings.Join(Platforms(), ", "),
		diag.DidYouMean(platform, Platforms()))
}

// DefaultAt returns the value of a fact of [LevelFacts], such as "ConnectTimeout absent", at a plug-in level.
func DefaultAt(fact, level string) (string, error) {
	v, err := parseLevel(level)
	if err != nil {
		return "", err
	}
	for i := range levelFacts {
		if levelFacts[i].Name == fact {
			return levelFacts[i].at(v), nil
		}
	}
	return "", diag.Errorf("no default named %q changes with the plug-in level", fact)
}

// latestLevel is where the table of levels ends.
var latestLevel = version{9, 0, 5}

// parseLevel reads "latest", "" for it, or a version from 5.1 on.
func parseLevel(name string) (version, error) {
	if name == "" || name == "latest" {
		return latestLevel, nil
	}
	v, ok := parseVersion(name)
	if !ok {
		return v, diag.Errorf(
			"plug-in level %q: want \"latest\" or a version of at most four numbers, such as 8.5.5.20",
			name)
	}
	if first := (version{5, 1}); slices.Compare(v[:], first[:]) < 0 {
		return v, diag.Errorf("plug-in level %q: nothing is known of levels below 5.1", name)
	}
	return v, nil
}

// parseVersion reads up to four numbers; those that are left out are 0, so "8.5" comes before each of its fix packs.
func parseVersion(name string) (v version, ok bool) {
	parts := strings.Split(name, ".")
	if len(parts) > len(v) {
		return v, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 32)
		if v[i] = int(n); err != nil || n > 999_999 {
			return v, false
		}
	}
	return v, true
}
