package routecheck

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

// Choice names a point on which the real plug-in's behaviour is not documented. Every rule marked "assumed" hangs on one.
type Choice uint8

// The open choices. Their names on the command line and their values stand in [Choices]; the first value is the default.
const (
	ScoreCombination Choice = iota
	VhostScore
	ScoreTie
	SlashStarServesBare
	SuffixPatterns
	PathParams
	PathNormalisation
	TLSDefaultPort
	OpenRoute
	ManyCookies
	AffinityMaxConnections
	AffinityFailover
	AffinityToBackup
	SingleMemberWeight
	WeightThreshold
	WeightReset
	WeightZero
	RandomReplacement
	ClusterAddressFailure
	Probe
	BalanceRetry
	AttemptLimit
	SingleMemberConnectRetry
	AllDown
	PostLimitStatus
	TransportChoice
	WaitForContinue
	ReloadState
	RetryClock
	numChoices
)

// The values that are not the default, as indexes into ChoiceInfo.Values.
const (
	uriThenVhost, vhostThenURI = 1, 2 // ScoreCombination
	byClass                    = 1    // VhostScore
	lastWins                   = 1    // ScoreTie
	bareNotServed              = 1    // SlashStarServesBare
	prefixFirst                = 1    // SuffixPatterns
	cutAtSemicolon, keepParams = 1, 2 // PathParams
	decodePath, cleanPath      = 1, 2 // PathNormalisation
	tlsPort80                  = 1    // TLSDefaultPort
	openNever, openRejects     = 1, 2 // OpenRoute
	firstCookie, lastCookie    = 1, 2 // ManyCookies
	fullIgnored                = 1    // AffinityMaxConnections
	nextPrimary                = 1    // AffinityFailover
	backupsToo                 = 1    // AffinityToBackup
	weightKept                 = 1    // SingleMemberWeight
	belowZero                  = 1    // WeightThreshold
	setToStart                 = 1    // WeightReset
	zeroAfterBackups           = 1    // WeightZero
	redraw                     = 1    // RandomReplacement
	balanceInstead             = 1    // ClusterAddressFailure
	allProbe                   = 1    // Probe
	allowTried                 = 1    // BalanceRetry
	untilNone                  = 1    // AttemptLimit
	noSecondConnect            = 1    // SingleMemberConnectRetry
	retryMarked                = 1    // AllDown
	limitIs500                 = 1    // PostLimitStatus
	strictScheme               = 1    // TransportChoice
	fromArrival                = 1    // RetryClock
)

// ChoiceInfo describes an open choice.
type ChoiceInfo struct {
	Name     string
	Values   []string // the first is the default at the latest level
	Rule     string   // the rule that hangs on it
	Meaning  string
	Evidence string // what is known, or "none"
}

// Choices lists the open choices, indexed by Choice.
func Choices() []ChoiceInfo { return slices.Clone(choices[:]) }

// String returns the name of a choice.
func (c Choice) String() string { return choices[c].Name }

var choices = [numChoices]ChoiceInfo{
	ScoreCombination:         {"score-combination", []string{"sum", "uri-then-vhost", "vhost-then-uri"}, "R12", "how the URI score and the virtual host score of a route combine", "the wording of R1 against the order of the On Demand Router (PI78774)"},
	VhostScore:               {"vhost-score", []string{"characters", "classes"}, "R11", "what the virtual host score counts: the characters of the alias without * and :, or its class (host:port, host:*, *:port, *:*)", "R1 against R11"},
	ScoreTie:                 {"score-tie", []string{"first", "last"}, "R13", "which of two equal scores wins: the first or the last in the file", "none"},
	SlashStarServesBare:      {"slash-star-serves-bare", []string{"yes", "no"}, "R3", "whether /x/* also serves /x", "the text of PQ67476; trace 06 lists both"},
	SuffixPatterns:           {"suffix-patterns", []string{"by-score", "prefix-first"}, "R15", "whether a pattern such as *.jsp competes by score or only where no exact or prefix pattern matches", "none"},
	PathParams:               {"path-params", []string{"cut-at-identifier", "cut-at-semicolon", "keep"}, "R14", "where the path ends for matching: before ;identifier=, before any ;, or nowhere", "none"},
	PathNormalisation:        {"path-normalisation", []string{"none", "decode", "clean"}, "R16", "whether the path is %-decoded, or // and .. are cleaned up, before matching", "none"},
	TLSDefaultPort:           {"tls-default-port", []string{"443", "80"}, "R8", "the port of a Host header without port on a request that came over TLS", "none"},
	OpenRoute:                {"open-route", []string{"matches-all", "never", "rejects-file"}, "R17", "what a Route without VirtualHostGroup or UriGroup does", "recollection only"},
	ManyCookies:              {"many-cookies", []string{"in-order", "first", "last"}, "R29", "which of several affinity cookies of one name count", "PQ85554 for z/OS"},
	AffinityMaxConnections:   {"affinity-max-connections", []string{"vetoes", "ignored"}, "R23", "whether a member at MaxConnections refuses its own sessions", "none"},
	AffinityFailover:         {"affinity-failover", []string{"balance", "next-primary"}, "R26", "who gets a request whose affinity member is marked down", "PM12112 and the ten steps; FailoverToNext=true always means next-primary"},
	AffinityToBackup:         {"affinity-to-backup", []string{"no", "after-primaries"}, "R39", "whether affinity also looks at the backup list", "trace 01"},
	SingleMemberWeight:       {"single-member-weight", []string{"normalised", "kept"}, "R31", "whether the weight of a single member is divided by itself", "trace 03 prints weight 2"},
	WeightThreshold:          {"weight-threshold", []string{"at-zero", "below-zero"}, "R32", "at which weight a member gets no new requests", "IBM texts disagree; the 2:4 table of redp4045 fits at-zero"},
	WeightReset:              {"weight-reset", []string{"add", "set"}, "R33", "whether weights are raised by their start weight or set to it", "IBM texts disagree"},
	WeightZero:               {"weight-zero", []string{"before-backups", "after-backups"}, "R36", "whether members of weight 0 come before the backups or after them", "none"},
	RandomReplacement:        {"random-replacement", []string{"next", "redraw"}, "R35", "who replaces an unusable random choice: the next in list order, or another draw", "none"},
	ClusterAddressFailure:    {"cluster-address-failure", []string{"fail", "balance"}, "R41", "whether a failed ClusterAddress fails the request or lets the plug-in balance", "none"},
	Probe:                    {"probe", []string{"one", "all"}, "R52", "how many requests try a marked member once its retry interval is over", "the \"flood\" text of PM49491"},
	BalanceRetry:             {"balance-retry", []string{"skip-tried", "allow"}, "R50", "whether balancing passes over members that already failed this request", "none"},
	AttemptLimit:             {"attempts", []string{"listed", "unlimited-until-none"}, "R62", "how many attempts one request gets: as many as the cluster lists servers, or until nobody is usable", "trace 03"},
	SingleMemberConnectRetry: {"single-member-connect-retry", []string{"second", "none"}, "R51", "whether the only server of a cluster gets a second connect", "trace 03 against swg21408884"},
	AllDown:                  {"all-down", []string{"fail", "retry-marked"}, "R61", "what happens when everybody is marked down: 500, or one try on a marked member", "PH46938, text cut"},
	PostLimitStatus:          {"post-limit-status", []string{"413", "500"}, "R59", "the status of a request larger than PostSizeLimit", "none"},
	TransportChoice:          {"transport-choice", []string{"fallback", "strict"}, "R64", "what happens when a member has no Transport of the request's scheme: the other one, or 500", "common practice of deleting the https Transport"},
	WaitForContinue:          {"wait-for-continue", []string{"only-when-true", "always-with-body"}, "R64", "when Expect: 100-continue is sent to a member", "Liberty's text against older ones"},
	ReloadState:              {"reload-state", []string{"fresh", "kept-by-name"}, "R42", "whether marks and weights survive a reload", "none"},
	RetryClock:               {"retry-clock", []string{"now", "arrival"}, "R52", "whether the retry interval counts from the failure or from the request's arrival", "PK28197"},
}

// Semantics holds a value for every open choice, and the two defaults that changed between plug-in levels.
// The zero Semantics is wrong for ConnectionTTL; begin with [Latest] or [Level].
type Semantics struct {
	value [numChoices]uint8
	// TTLAbsent is how long a stream may idle when ConnectionTTL is absent, 0 no limit (R65, PH09034).
	TTLAbsent time.Duration
	// BusyClears: a probe answered 503 clears the mark (R52, PM49491).
	BusyClears bool
}

// Latest returns the defaults of the latest plug-in level.
func Latest() Semantics {
	return Semantics{TTLAbsent: 28 * time.Second, BusyClears: true}
}

type level struct {
	version [4]int
	set     func(*Semantics)
}

// levels is the table of plug-in levels, oldest first; each starts from Latest.
var levels = []level{
	{[4]int{5, 1}, func(s *Semantics) {
		s.value[AffinityFailover], s.value[RetryClock], s.TTLAbsent, s.BusyClears = nextPrimary, fromArrival, 0, false
	}},
	{[4]int{6, 1}, func(s *Semantics) { s.value[AffinityFailover], s.TTLAbsent, s.BusyClears = nextPrimary, 0, false }},
	{[4]int{6, 1, 0, 33}, func(s *Semantics) { s.TTLAbsent = 0 }},
	{[4]int{7, 0}, func(s *Semantics) { s.value[AffinityFailover], s.TTLAbsent, s.BusyClears = nextPrimary, 0, false }},
	{[4]int{7, 0, 0, 13}, func(s *Semantics) { s.TTLAbsent = 0 }},
	{[4]int{9, 0, 5}, func(*Semantics) {}},
}

// Level returns the defaults of a plug-in level: "latest", or a version such as "8.5.5.20". A level takes the nearest row of the
// table that is not above it; a version below 5.1 is an error.
func Level(name string) (Semantics, error) {
	s := Latest()
	if name == "" || name == "latest" {
		return s, nil
	}
	var version [4]int
	parts := strings.Split(name, ".")
	if len(parts) > len(version) {
		return s, fmt.Errorf("plug-in level %q: want \"latest\" or a version of at most four numbers, such as 8.5.5.20", name)
	}
	for i, part := range parts {
		n, ok := decimal(part)
		if !ok {
			return s, fmt.Errorf("plug-in level %q: want \"latest\" or a version such as 5.1, 7.0.0.13 or 9.0.5", name)
		}
		version[i] = n
	}
	for _, l := range slices.Backward(levels) {
		if slices.Compare(l.version[:], version[:]) <= 0 {
			l.set(&s)
			return s, nil
		}
	}
	return s, fmt.Errorf("plug-in level %q: nothing is known of levels below 5.1", name)
}

func decimal(s string) (n int, ok bool) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' || n > 99999 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, s != ""
}

// Assume sets one choice from its written form, "score-tie=last". The error names what would be right.
func (s *Semantics) Assume(assignment string) (Choice, error) {
	name, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return 0, fmt.Errorf("%q: want CHOICE=VALUE, such as score-tie=last", assignment)
	}
	for c := range choices {
		if choices[c].Name != name {
			continue
		}
		v := slices.Index(choices[c].Values, value)
		if v < 0 {
			return 0, fmt.Errorf("choice %s has no value %q: want one of %s", name, value, strings.Join(choices[c].Values, ", "))
		}
		s.value[c] = uint8(v)
		return Choice(c), nil
	}
	return 0, fmt.Errorf("no open choice is named %q%s", name, suggest(name, choiceNames()))
}

func choiceNames() []string {
	names := make([]string, len(choices))
	for i := range choices {
		names[i] = choices[i].Name
	}
	return names
}

// Value returns the value of a choice as the flags write it.
func (s *Semantics) Value(c Choice) string { return choices[c].Values[s.value[c]] }

// With returns a copy in which a choice has the given value, an index into its Values.
func (s Semantics) With(c Choice, value uint8) Semantics {
	s.value[c] = value
	return s
}

// ask reads a choice and lets the recorder know that an answer may hang on it. Every decision reads its choices here,
// and only where the values would differ: that is what makes certainty sound and cheap.
func (s *Semantics) ask(c Choice, rec *Recorder) uint8 {
	if rec != nil {
		rec.asked |= 1 << c
	}
	return s.value[c]
}

// suggest returns " (did you mean ...?)" for the nearest of the known names, "" when none is near.
func suggest(name string, known []string) string {
	if best := diag.Suggest(name, known); best != "" {
		return fmt.Sprintf(" (did you mean %q?)", best)
	}
	return ""
}
