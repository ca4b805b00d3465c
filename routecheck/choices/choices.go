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

// OfRoutes is the set of choices, as bits by their places, that decide which Route wins for a host, a port and a path.
// Who looks for other answers to one place tries their values.
const OfRoutes = 1<<ScoreCombination | 1<<VhostScore | 1<<ScoreTie | 1<<SlashStarServesBare | 1<<SuffixPatterns |
	1<<OpenRoute

// The values that decisions ask for, as indexes into Info.Values: mostly those that are no default, as a decision says
// what is done otherwise.
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
	Name     string   // as flags, suites and reports write it
	Values   []string // the first is the default at the latest level
	Rule     string   // the rule that hangs on it
	Meaning  string   // what it decides, without a full stop: it stands in sentences and tables
	Evidence string   // what is known, or "none"
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
// plug-in, so no decision consults them, but what becomes of a session hangs on them. Whoever settles choices, by a
// flag or a file, settles both kinds alike.
const FirstSession = NumPoints

var sessionChoices = session.Choices()

func sessionChoice(name string) (session.Choice, bool) {
	i := slices.IndexFunc(sessionChoices, func(c session.ChoiceInfo) bool { return c.Name == name })
	return session.Choice(max(i, 0)), i >= 0
}

// SessionChoices returns those of some settled choices that are about sessions, counted from 0 as session counts them.
func SessionChoices(settled []Choice) (set session.Set) {
	for _, c := range settled {
		if c >= FirstSession {
			set |= session.Of(session.Choice(c - FirstSession))
		}
	}
	return set
}

var table = [NumChoices]Info{
	ScoreCombination: {
		Name: "score-combination", Values: []string{"sum", "uri-then-vhost", "vhost-then-uri"}, Rule: "R12",
		Meaning:  "how the URI score and the virtual host score of a route combine",
		Evidence: "the wording of R1 against the order of the On Demand Router (PI78774)",
	},
	VhostScore: {
		Name: "vhost-score", Values: []string{"characters", "classes"}, Rule: "R11",
		Meaning: "what the virtual host score counts: the characters of the alias without * and :, or its class " +
			"(host:port, host:*, *:port, *:*)",
		Evidence: "R1 against R11",
	},
	ScoreTie: {
		Name: "score-tie", Values: []string{"first", "last"}, Rule: "R13",
		Meaning:  "which of two equal scores wins: the first or the last in the file",
		Evidence: "none",
	},
	SlashStarServesBare: {
		Name: "slash-star-serves-bare", Values: []string{"yes", "no"}, Rule: "R3",
		Meaning:  "whether /x/* also serves /x",
		Evidence: "the text of PQ67476; trace 06 lists both",
	},
	SuffixPatterns: {
		Name: "suffix-patterns", Values: []string{"by-score", "prefix-first"}, Rule: "R15",
		Meaning:  "whether a pattern such as *.jsp competes by score or only where no exact or prefix pattern matches",
		Evidence: "none",
	},
	PathParams: {
		Name: "path-params", Values: []string{"cut-at-identifier", "cut-at-semicolon", "keep"}, Rule: "R14",
		Meaning:  "where the path ends for matching: before ;identifier=, before any ;, or nowhere",
		Evidence: "none",
	},
	PathNormalisation: {
		Name: "path-normalisation", Values: []string{"decode-and-clean", "none", "decode", "clean"}, Rule: "R16",
		Meaning: "whether the path that is matched is %-decoded, and // and dot segments are cleaned up: what the " +
			"web server does before the plug-in sees it",
		Evidence: "plugin_alter_uri of IBM's ihsdiag pages; httpd decodes and collapses before its translate hooks",
	},
	MergeSlashes: {
		Name: "merge-slashes", Values: []string{"yes", "no"}, Rule: "R16",
		Meaning:  "whether // becomes / where the path is cleaned up",
		Evidence: "MergeSlashes of httpd, since 2.4.39",
	},
	TLSDefaultPort: {
		Name: "tls-default-port", Values: []string{"443", "80"}, Rule: "R8",
		Meaning:  "the port of a Host header without port on a request that came over TLS",
		Evidence: "none",
	},
	OpenRoute: {
		Name: "open-route", Values: []string{"matches-all", "never", "rejects-file"}, Rule: "R17",
		Meaning:  "what a Route without VirtualHostGroup or UriGroup does",
		Evidence: "recollection only",
	},
	ManyCookies: {
		Name: "many-cookies", Values: []string{"in-order", "first", "last"}, Rule: "R29",
		Meaning:  "which of several affinity cookies of one name count",
		Evidence: "PQ85554 for z/OS",
	},
	AffinityMaxConnections: {
		Name: "affinity-max-connections", Values: []string{"vetoes", "ignored"}, Rule: "R23",
		Meaning:  "whether a member at MaxConnections refuses its own sessions",
		Evidence: "none",
	},
	AffinityFailover: {
		Name: "affinity-failover", Values: []string{"balance", "next-primary"}, Rule: "R26",
		Meaning:  "who gets a request whose affinity member is marked down",
		Evidence: "PM12112 and the ten steps; FailoverToNext=true always means next-primary",
	},
	AffinityToBackup: {
		Name: "affinity-to-backup", Values: []string{"no", "after-primaries"}, Rule: "R39",
		Meaning:  "whether affinity also looks at the backup list",
		Evidence: "trace 01",
	},
	SingleMemberWeight: {
		Name: "single-member-weight", Values: []string{"normalised", "kept"}, Rule: "R31",
		Meaning:  "whether the weight of a single member is divided by itself",
		Evidence: "trace 03 prints weight 2",
	},
	WeightThreshold: {
		Name: "weight-threshold", Values: []string{"at-zero", "below-zero"}, Rule: "R32",
		Meaning:  "at which weight a member gets no new requests",
		Evidence: "IBM texts disagree; the 2:4 table of redp4045 fits at-zero",
	},
	WeightReset: {
		Name: "weight-reset", Values: []string{"add", "set"}, Rule: "R33",
		Meaning:  "whether weights are raised by their start weight or set to it",
		Evidence: "IBM texts disagree",
	},
	WeightZero: {
		Name: "weight-zero", Values: []string{"before-backups", "after-backups"}, Rule: "R36",
		Meaning:  "whether members of weight 0 come before the backups or after them",
		Evidence: "none",
	},
	RandomReplacement: {
		Name: "random-replacement", Values: []string{"next", "redraw"}, Rule: "R35",
		Meaning:  "who replaces an unusable random choice: the next in list order, or another draw",
		Evidence: "none",
	},
	ClusterAddressFailure: {
		Name: "cluster-address-failure", Values: []string{"fail", "balance"}, Rule: "R41",
		Meaning:  "whether a failed ClusterAddress fails the request or lets the plug-in balance",
		Evidence: "none",
	},
	Probe: {
		Name: "probe", Values: []string{"one", "all"}, Rule: "R52",
		Meaning:  "how many requests try a marked member once its retry interval is over",
		Evidence: "the \"flood\" text of PM49491",
	},
	BalanceRetry: {
		Name: "balance-retry", Values: []string{"skip-tried", "allow"}, Rule: "R50",
		Meaning:  "whether balancing passes over members that already failed this request",
		Evidence: "none",
	},
	AttemptLimit: {
		Name: "attempts", Values: []string{"listed", "unlimited-until-none"}, Rule: "R62",
		Meaning: "how many attempts one request gets: as many as the cluster lists servers, " +
			"or until nobody is usable",
		Evidence: "trace 03",
	},
	SingleMemberConnectRetry: {
		Name: "single-member-connect-retry", Values: []string{"second", "none"}, Rule: "R51",
		Meaning:  "whether the only server of a cluster gets a second connect",
		Evidence: "trace 03 against swg21408884",
	},
	AllDown: {
		Name: "all-down", Values: []string{"fail", "retry-marked"}, Rule: "R61",
		Meaning:  "what happens when everybody is marked down: 500, or one try on a marked member",
		Evidence: "PH46938, text cut",
	},
	PostLimitStatus: {
		Name: "post-limit-status", Values: []string{"413", "500"}, Rule: "R59",
		Meaning:  "the status of a request larger than PostSizeLimit",
		Evidence: "none",
	},
	TransportChoice: {
		Name: "transport-choice", Values: []string{"fallback", "strict"}, Rule: "R64",
		Meaning: "what happens when a member has no Transport of the request's scheme, or under SSLMapMode onload " +
			"none for https: the other one, or 500",
		Evidence: "common practice of deleting the https Transport; PH23808",
	},
	WaitForContinue: {
		Name: "wait-for-continue", Values: []string{"only-when-true", "always-with-body"}, Rule: "R57",
		Meaning:  "when Expect: 100-continue is sent to a member",
		Evidence: "Liberty's text against older ones",
	},
	ReloadState: {
		Name: "reload-state", Values: []string{"fresh", "kept-by-name"}, Rule: "R42",
		Meaning:  "whether marks and weights survive a reload",
		Evidence: "none",
	},
	RetryClock: {
		Name: "retry-clock", Values: []string{"now", "arrival-starts", "arrival-judges", "arrival-both"}, Rule: "R52",
		Meaning: "which clock the retry interval runs by: the time of failure and look, or the arrival of the " +
			"failing request (starts), of the looking one (judges), or of each",
		Evidence: "PK28197; its symptom fits arrival-both",
	},
	EarlyClose: {
		Name: "early-close", Values: []string{"marks", "as-io-timeout"}, Rule: "R50b",
		Meaning: "whether a new stream that is closed too early marks the member, " +
			"or counts like a ServerIOTimeout above 0",
		Evidence: "swg21219808 against swg21408884",
	},
	WeightOnFailure: {
		Name: "weight-on-failure", Values: []string{"always", "success-only"}, Rule: "R32",
		Meaning:  "whether an attempt that fails costs its weight",
		Evidence: "\"the first successful request\" in IBM's weight tables",
	},
	ExtendedHandshake: {
		Name: "extended-handshake", Values: []string{"as-connect", "as-stream"}, Rule: "R68",
		Meaning: "whether ExtendedHandshake=true makes an early close a failed connect, after which any body may " +
			"follow elsewhere",
		Evidence: "none",
	},
	Probe503BeforeFix: {
		Name: "probe-503-before-fix", Values: []string{"stuck", "restarts-timer"}, Rule: "R52",
		Meaning: "what a 503 to a probe does before PM49491: nobody probes again until a reload, or the retry " +
			"timer starts again",
		Evidence: "PM49491",
	},
	MalformedAnswer: {
		Name: "malformed-answer", Values: []string{"fail-request", "stream-lost"}, Rule: "R70",
		Meaning:  "whether an answer that cannot be read fails its request, or counts as a stream closed too early",
		Evidence: "none",
	},
	SSLSessionCookie: {
		Name: "ssl-session-cookie", Values: []string{"tls-only", "always"}, Rule: "R20",
		Meaning:  "whether the cookie SSLJSESSION counts only on requests that came over TLS",
		Evidence: "trace 09",
	},
	LetterCase: {
		Name: "letter-case", Values: []string{"exact", "ignored"}, Rule: "R22",
		Meaning:  "whether the letter case of clone IDs and cookie names counts",
		Evidence: "PQ70020, its title only",
	},
	IPv6Hosts: {
		Name: "ipv6-hosts", Values: []string{"text", "address"}, Rule: "R5",
		Meaning:  "whether IPv6 hosts are compared as they are written or as addresses",
		Evidence: "none",
	},
}
