package choices

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/session"
)

// Choice names a point on which the real plug-in's behaviour is not documented. Every rule marked "assumed" hangs on
// one.
type Choice uint8

// The open choices. Their names on the command line and their values stand in [Choices]; the first value is the
// default.
const (
	ScoreCombination Choice = iota
	VhostScore
	ScoreTie
	SlashStarServesBare
	SuffixPatterns
	PathParams
	PathNormalisation
	MergeSlashes
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
	EarlyClose
	WeightOnFailure
	ExtendedHandshake
	Probe503BeforeFix
	MalformedAnswer
	SSLSessionCookie
	LetterCase
	IPv6Hosts
	NumChoices
)

// The values that decisions ask for, as indexes into ChoiceInfo.Values.
const (
	URIThenVhost, VhostThenURI                    = 1, 2       // ScoreCombination
	ByClass                                       = 1          // VhostScore
	LastWins                                      = 1          // ScoreTie
	BareNotServed                                 = 1          // SlashStarServesBare
	PrefixFirst                                   = 1          // SuffixPatterns
	CutAtSemicolon, KeepParams                    = 1, 2       // PathParams
	DecodeAndClean, asSent, DecodePath, CleanPath = 0, 1, 2, 3 // PathNormalisation
	SlashesKept                                   = 1          // MergeSlashes
	TLSPort80                                     = 1          // TLSDefaultPort
	OpenMatchesAll, OpenNever, OpenRejects        = 0, 1, 2    // OpenRoute
	FirstCookie, LastCookie                       = 1, 2       // ManyCookies
	FullIgnored                                   = 1          // AffinityMaxConnections
	NextPrimary                                   = 1          // AffinityFailover
	BackupsToo                                    = 1          // AffinityToBackup
	WeightKept                                    = 1          // SingleMemberWeight
	BelowZero                                     = 1          // WeightThreshold
	SetToStart                                    = 1          // WeightReset
	ZeroAfterBackups                              = 1          // WeightZero
	Redraw                                        = 1          // RandomReplacement
	BalanceInstead                                = 1          // ClusterAddressFailure
	AllProbe                                      = 1          // Probe
	AllowTried                                    = 1          // BalanceRetry
	UntilNone                                     = 1          // AttemptLimit
	NoSecondConnect                               = 1          // SingleMemberConnectRetry
	RetryMarked                                   = 1          // AllDown
	LimitIs500                                    = 1          // PostLimitStatus
	StrictScheme                                  = 1          // TransportChoice
	KeptByName                                    = 1          // ReloadState
	AlwaysWithBody                                = 1          // WaitForContinue
	ArrivalStarts, ArrivalJudges, ArrivalBoth     = 1, 2, 3    // RetryClock
	CloseAsTimeout                                = 1          // EarlyClose
	CostsOnSuccess                                = 1          // WeightOnFailure
	HandshakeAsStream                             = 1          // ExtendedHandshake
	ProbeRestartsTimer                            = 1          // Probe503BeforeFix
	MalformedAsLost                               = 1          // MalformedAnswer
	SSLCookieAlways                               = 1          // SSLSessionCookie
	CaseIgnored                                   = 1          // LetterCase
	HostsAsAddress                                = 1          // IPv6Hosts
)

// Info describes an open choice.
type Info struct {
	Name     string
	Values   []string // the first is the default at the latest level
	Rule     string   // the rule that hangs on it
	Meaning  string
	Evidence string // what is known, or "none"
}

// All lists the open choices, indexed by Choice.
func All() []Info { return slices.Clone(table[:]) }

// String returns the name of a choice, or of a fact that is consulted like one.
func (c Choice) String() string {
	if f := c.fact(); f != nil {
		return f.Name
	}
	if c >= FirstSession {
		return sessionChoices[c-FirstSession].Name
	}
	return table[c].Name
}

// NumValues returns how many values a choice or a fact has.
func (c Choice) NumValues() uint8 {
	if c < NumChoices {
		return uint8(len(table[c].Values))
	}
	return 2
}

// ValueName returns a value of a choice as the flags write it.
func (c Choice) ValueName(value uint8) string {
	if c >= FirstSession {
		return sessionChoices[c-FirstSession].Values[value]
	}
	return table[c].Values[value]
}

// FirstSession is the place of the first session choice behind the points of the plug-in: they are no choices of the
// plug-in, so no decision consults them, but what becomes of a session hangs on them.
const FirstSession = NumPoints

var sessionChoices = session.Choices()

func sessionChoice(name string) (session.Choice, bool) {
	i := slices.IndexFunc(sessionChoices, func(c session.ChoiceInfo) bool { return c.Name == name })
	return session.Choice(max(i, 0)), i >= 0
}

// SessionChoices returns those of some settled choices that are about sessions.
func SessionChoices(settled []Choice) (set session.Set) {
	for _, c := range settled {
		if c >= FirstSession {
			set |= session.Of(session.Choice(c - FirstSession))
		}
	}
	return set
}

var table = [NumChoices]Info{
	ScoreCombination:         {"score-combination", []string{"sum", "uri-then-vhost", "vhost-then-uri"}, "R12", "how the URI score and the virtual host score of a route combine", "the wording of R1 against the order of the On Demand Router (PI78774)"},
	VhostScore:               {"vhost-score", []string{"characters", "classes"}, "R11", "what the virtual host score counts: the characters of the alias without * and :, or its class (host:port, host:*, *:port, *:*)", "R1 against R11"},
	ScoreTie:                 {"score-tie", []string{"first", "last"}, "R13", "which of two equal scores wins: the first or the last in the file", "none"},
	SlashStarServesBare:      {"slash-star-serves-bare", []string{"yes", "no"}, "R3", "whether /x/* also serves /x", "the text of PQ67476; trace 06 lists both"},
	SuffixPatterns:           {"suffix-patterns", []string{"by-score", "prefix-first"}, "R15", "whether a pattern such as *.jsp competes by score or only where no exact or prefix pattern matches", "none"},
	PathParams:               {"path-params", []string{"cut-at-identifier", "cut-at-semicolon", "keep"}, "R14", "where the path ends for matching: before ;identifier=, before any ;, or nowhere", "none"},
	PathNormalisation:        {"path-normalisation", []string{"decode-and-clean", "none", "decode", "clean"}, "R16", "whether the path that is matched is %-decoded, and // and dot segments are cleaned up: what the web server does before the plug-in sees it", "plugin_alter_uri of IBM's ihsdiag pages; httpd decodes and collapses before its translate hooks"},
	MergeSlashes:             {"merge-slashes", []string{"yes", "no"}, "R16", "whether // becomes / where the path is cleaned up", "MergeSlashes of httpd, since 2.4.39"},
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
	TransportChoice:          {"transport-choice", []string{"fallback", "strict"}, "R64", "what happens when a member has no Transport of the request's scheme, or under SSLMapMode onload none for https: the other one, or 500", "common practice of deleting the https Transport; PH23808"},
	WaitForContinue:          {"wait-for-continue", []string{"only-when-true", "always-with-body"}, "R64", "when Expect: 100-continue is sent to a member", "Liberty's text against older ones"},
	ReloadState:              {"reload-state", []string{"fresh", "kept-by-name"}, "R42", "whether marks and weights survive a reload", "none"},
	RetryClock:               {"retry-clock", []string{"now", "arrival-starts", "arrival-judges", "arrival-both"}, "R52", "which clock the retry interval runs by: the time of failure and look, or the arrival of the failing request (starts), of the looking one (judges), or of each", "PK28197; its symptom fits arrival-both"},
	EarlyClose:               {"early-close", []string{"marks", "as-io-timeout"}, "R50b", "whether a new stream that is closed too early marks the member, or counts like a ServerIOTimeout above 0", "swg21219808 against swg21408884"},
	WeightOnFailure:          {"weight-on-failure", []string{"always", "success-only"}, "R32", "whether an attempt that fails costs its weight", "\"the first successful request\" in IBM's weight tables"},
	ExtendedHandshake:        {"extended-handshake", []string{"as-connect", "as-stream"}, "R68", "whether ExtendedHandshake=true makes an early close a failed connect, after which any body may follow elsewhere", "none"},
	Probe503BeforeFix:        {"probe-503-before-fix", []string{"stuck", "restarts-timer"}, "R52", "what a 503 to a probe does before PM49491: nobody probes again until a reload, or the retry timer starts again", "PM49491"},
	MalformedAnswer:          {"malformed-answer", []string{"fail-request", "stream-lost"}, "R70", "whether an answer that cannot be read fails its request, or counts as a stream closed too early", "none"},
	SSLSessionCookie:         {"ssl-session-cookie", []string{"tls-only", "always"}, "R20", "whether the cookie SSLJSESSION counts only on requests that came over TLS", "trace 09"},
	LetterCase:               {"letter-case", []string{"exact", "ignored"}, "R22", "whether the letter case of clone IDs and cookie names counts", "PQ70020, its title only"},
	IPv6Hosts:                {"ipv6-hosts", []string{"text", "address"}, "R5", "whether IPv6 hosts are compared as they are written or as addresses", "none"},
}
