package export

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Concept is something that the plug-in does and that a target does as well, nearly so, or not.
type Concept uint8

// The concepts that every writer grades.
const (
	Hosts Concept = iota
	Patterns
	RawPath
	FirstClone
	UnknownClone
	SecondClone
	SessionInURL
	Separator
	ManyCookies
	Weights
	Backups
	FailoverOnConnect
	Marks
	EarlyClose
	IOTimeout
	IOTimeoutMarks
	PostBuffered
	PostUnbuffered
	PostLimit
	Unavailable
	BusyDown
	Connections
	AllDown
	PrivateHeaders
	ClientHeaders
	FailoverHeader
	MemberTLS
	PartitionTables
	EdgeSideIncludes
	SSLSession
	Processes
	Declined
	numConcepts
)

// concepts name them, and find what in a file asks for each; nil: every file does, or none can.
var concepts = [numConcepts]struct {
	name, title string
	asks        func(*parser.Config) []diag.Span
}{
	Hosts:             {"hosts", "hosts, ports of the Host header, *", nil},
	Patterns:          {"uris", "longest, exact, /x/*, /a/*.jsp, *.do", nil},
	RawPath:           {"path", "the path as it was sent, cut at ;id=", nil},
	FirstClone:        {"affinity", "affinity by the first clone ID", clones},
	UnknownClone:      {"unknown-clone", "an unknown clone ID in front", clones},
	SecondClone:       {"second-clone", "the second clone ID while the first is down", clones},
	SessionInURL:      {"session-in-url", ";jsessionid=, the cookie before the URL", clones},
	Separator:         {"separator", "separator : or +", separators},
	ManyCookies:       {"many-cookies", "several cookies of one name", nil},
	Weights:           {"weights", "weights", weights},
	Backups:           {"backups", "backups only when all primaries are down", backups},
	FailoverOnConnect: {"connect-failover", "failover of a request on connect", nil},
	Marks:             {"marks", "mark on refusal, way back after RetryInterval", retryIntervals},
	EarlyClose:        {"early-close", "a stream closed early", nil},
	IOTimeout:         {"io-timeout", "ServerIOTimeout above 0", positiveTimeouts},
	IOTimeoutMarks:    {"io-timeout-marks", "ServerIOTimeout below 0", negativeTimeouts},
	PostBuffered:      {"post-buffered", "a buffered POST, the member resets", nil},
	PostUnbuffered:    {"post-unbuffered", "a POST that is not buffered or too large", unbuffered},
	PostLimit:         {"post-limit", "PostSizeLimit", postLimits},
	Unavailable:       {"503", "503 of the affinity member", nil},
	BusyDown:          {"mark-busy-down", "MarkBusyDown", busyDown},
	Connections:       {"max-connections", "MaxConnections", connections},
	AllDown:           {"all-down", "all members down: 500", nil},
	PrivateHeaders:    {"ws-headers", "$WS headers to members", nil},
	ClientHeaders:     {"client-ws-headers", "clients' $WS headers dropped", specialHeaders},
	FailoverHeader:    {"wsfo", "$WSFO", nil},
	MemberTLS:         {"member-tls", "TLS to members: authority, host", keyrings},
	PartitionTables:   {"partition-tables", "tables of partition IDs", nil},
	EdgeSideIncludes:  {"esi", "ESI", esi},
	SSLSession:        {"ssl-session", "affinity by SSL session ID", nil},
	Processes:         {"processes", "marks and weights of each process by itself", nil},
	Declined:          {"declined", "requests without a Route go to the web server (R9)", nil},
}

// Grade says how well a target keeps a concept.
type Grade string

const (
	Exact       Grade = "E"
	Approximate Grade = "A"
	NotKept     Grade = "X"
)

// Verdict is what a writer says of a concept.
type Verdict struct {
	Grade         Grade
	What, Instead string // Instead: what to do about it
}

// Keeps is the verdict of what a target does exactly; what says by which of its means.
func Keeps(what string) Verdict { return Verdict{Grade: Exact, What: what} }

// Nearly is the verdict of what a target does in another way, which what tells.
func Nearly(what string) Verdict { return Verdict{Grade: Approximate, What: what} }

// Loses is the verdict of what a target does not do, and what to do about it, "" where nothing helps.
func Loses(what, instead string) Verdict { return Verdict{NotKept, what, instead} }

// Verdicts are those of a writer.
type Verdicts map[Concept]Verdict

// Loss is what becomes of a concept of a file in a target.
type Loss struct {
	Concept, Title string
	Verdict
	Spans    []diag.Span // what in the file asks for it
	Concerns bool        // the file asks for it, or every file does
}

// Everywhere are the verdicts that no target can better.
// A writer begins with a fresh map of them and adds its own.
func Everywhere() Verdicts {
	return Verdicts{
		PartitionTables: Loses("no target knows tables of partition IDs: a file that asks for them is refused", ""),
		EdgeSideIncludes: Loses("nothing is cached, and ESI includes are not resolved",
			"cache in front of the proxy, or in the application"),
		SSLSession: Loses("the cookie SSLJSESSION and TLS session IDs are not looked at", ""),
		Processes: Loses("the plug-in marks and weighs in each process of the web server; here all processes "+
			"share what they know, or are one", ""),
		Declined: Loses("a request that no Route takes is answered 404, or by content of the server's own",
			"write the server's own content into the configuration"),
	}
}

// Grade makes the losses of a file from what a writer says.
// Two of them are worse where the file has what no target can do: the map is changed for that, so it must be the
// caller's own. The losses are in the order of the concepts, which reports keep.
func (p *Plan) Grade(verdicts Verdicts) []Loss {
	var out []Loss
	if slices.ContainsFunc(p.Entries, func(e match.Entry) bool { return e.ByAddress() }) {
		verdicts[Hosts] = Nearly("of an IPv6 address the spellings of the file alone")
	}
	if slices.ContainsFunc(p.Entries, func(e match.Entry) bool { return !Sendable(e.Pattern) }) {
		verdicts[Patterns] = Nearly(verdicts[Patterns].What +
			"; Uris with quotes, backslashes, braces, #, blanks or characters beyond ASCII take no request")
	}
	for c := range numConcepts {
		l := Loss{Concept: concepts[c].name, Title: concepts[c].title, Verdict: verdicts[c], Concerns: true}
		if asks := concepts[c].asks; asks != nil {
			l.Spans = asks(p.config)
			l.Concerns = len(l.Spans) > 0
		}
		out = append(out, l)
	}
	return out
}

// servers collects the places of an attribute of servers.
func servers(cfg *parser.Config, of func(*parser.Server) (diag.Span, bool)) (out []diag.Span) {
	for _, c := range cfg.Clusters {
		for _, s := range c.Servers {
			if at, ok := of(s); ok {
				out = append(out, at)
			}
		}
	}
	return out
}

// clusters collects the places of an attribute of clusters.
func clusters(cfg *parser.Config, of func(*parser.ServerCluster) (diag.Span, bool)) (out []diag.Span) {
	for _, c := range cfg.Clusters {
		if at, ok := of(c); ok {
			out = append(out, at)
		}
	}
	return out
}

// clones are what asks for affinity: without a CloneID a server has none (R25).
func clones(cfg *parser.Config) []diag.Span {
	return servers(cfg, func(s *parser.Server) (diag.Span, bool) { return s.CloneID.Span(), s.CloneID.Set() })
}

func weights(cfg *parser.Config) []diag.Span {
	return servers(cfg, func(s *parser.Server) (diag.Span, bool) {
		return s.LoadBalanceWeight.Span(), s.LoadBalanceWeight.Set()
	})
}

// positiveTimeouts and negativeTimeouts ask for two concepts: the sign says whether a timeout marks (R54, R55).
func positiveTimeouts(cfg *parser.Config) []diag.Span {
	return servers(cfg, func(s *parser.Server) (diag.Span, bool) {
		return s.ServerIOTimeout.Span(), s.ServerIOTimeout.V > 0
	})
}

func negativeTimeouts(cfg *parser.Config) []diag.Span {
	return servers(cfg, func(s *parser.Server) (diag.Span, bool) {
		return s.ServerIOTimeout.Span(), s.ServerIOTimeout.V < 0
	})
}

func connections(cfg *parser.Config) []diag.Span {
	return servers(cfg, func(s *parser.Server) (diag.Span, bool) {
		return s.MaxConnections.Span(), s.MaxConnections.V > 0
	})
}

// keyrings has one place for a server, the first that it names.
func keyrings(cfg *parser.Config) []diag.Span {
	return servers(cfg, func(s *parser.Server) (diag.Span, bool) {
		for _, t := range s.Transports {
			if p := parser.Find(t.Properties, "keyring"); p != nil {
				return p.Value.Span(), true
			}
		}
		return diag.Span{}, false
	})
}

func separators(cfg *parser.Config) []diag.Span {
	return clusters(cfg, func(c *parser.ServerCluster) (diag.Span, bool) {
		return c.CloneSeparatorChange.Span(), c.CloneSeparatorChange.V
	})
}

func backups(cfg *parser.Config) []diag.Span {
	return clusters(cfg, func(c *parser.ServerCluster) (diag.Span, bool) {
		if _, backup := match.PrimaryAndBackup(c); len(backup) == 0 {
			return diag.Span{}, false
		}
		return c.Backup.Node.NameSpan, true
	})
}

func retryIntervals(cfg *parser.Config) []diag.Span {
	return clusters(cfg, func(c *parser.ServerCluster) (diag.Span, bool) {
		return c.RetryInterval.Span(), c.RetryInterval.Set()
	})
}

// unbuffered is every PostBufferSize that is written, be it 0 or not: a body that is too large is not kept either.
func unbuffered(cfg *parser.Config) []diag.Span {
	return clusters(cfg, func(c *parser.ServerCluster) (diag.Span, bool) {
		return c.PostBufferSize.Span(), c.PostBufferSize.Set()
	})
}

func postLimits(cfg *parser.Config) []diag.Span {
	return clusters(cfg, func(c *parser.ServerCluster) (diag.Span, bool) {
		return c.PostSizeLimit.Span(), c.PostSizeLimit.Set() && c.PostSizeLimit.V >= 0
	})
}

// specialHeaders are the clusters that let clients' private headers through, which no target does.
func specialHeaders(cfg *parser.Config) []diag.Span {
	return clusters(cfg, func(c *parser.ServerCluster) (diag.Span, bool) {
		return c.RemoveSpecialHeaders.Span(), !c.RemoveSpecialHeaders.V
	})
}

func busyDown(cfg *parser.Config) []diag.Span {
	if !cfg.MarkBusyDown.V {
		return nil
	}
	return []diag.Span{cfg.MarkBusyDown.Span()}
}

func esi(cfg *parser.Config) []diag.Span {
	p := parser.Find(cfg.Properties, "ESIEnable")
	if p == nil || !strings.EqualFold(p.Value.V, "true") {
		return nil
	}
	return []diag.Span{p.Value.Span()}
}
