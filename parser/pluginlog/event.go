package pluginlog

import "strings"

// Kind tells what an [Event] says. The comment behind each names the fields of Event that it fills; a field whose
// part of the line was cut away is empty.
type Kind uint8

// The kinds of events. Order means nothing outside a process: do not store the numbers. A new kind goes into the group
// that it belongs to: format.go and package words tell the groups by their first and last kinds.
const (
	None Kind = iota // a line of no form that this package knows

	// Life of the plug-in.
	BuildVersion    // Text: version
	WebServer       // Text: name and version of the web server
	ConfigReloaded  // the plug-in took a changed plugin-cfg.xml
	PrimaryAdded    // Member: put on the list of primaries while loading (R37)
	BackupAdded     // Member: put on the list of backups while loading (R38)
	RequestStarted  // the plug-in took a request over
	RequestNamed    // Host, URI: the request as the plug-in read it
	RequestEnded    // its last line
	RequestFailed   // the plug-in gave up on the request
	ESI             // Text: a line of the Edge Side Include cache that is about no sub-request
	ESICacheHit     // answered from the cache, without a member
	ESICacheMiss    // a (sub-)request that the cache could not answer
	ErrorLine       // Text: an ERROR line of another form
	WarnLine        // Text: a WARN line of another form
	TimeoutFired    // Text: a timeout of another form that "fired"
	AllCouldBeDown  // no member of a cluster was usable (R61); Text
	NoAppServer     // no member is left for the request (R61)
	RouteTried      // Host (with port), URI: routes are looked at for them (R1)
	RouteNotFound   // no route: the web server serves the request (R9)
	AliasCompared   // Pattern: alias, Host, Group: of the virtual host (R1)
	AliasMatched    // as AliasCompared; Score when the line shows one
	URICompared     // Pattern, URI, Group; Score when the line shows one (R2)
	URIMatched      // as URICompared
	URINotMatched   // URI: no pattern of the group matched
	AffinityChecked // the sources of session affinity are looked at (R20)
	AffinitySource  // Text: "the SSL session id" or another source (R20)
	CookieSought    // Text: name of the cookie
	CloneAdded      // Clone: read from the session value (R21)
	ClonesListed    // all clone IDs were read (R21)
	CloneSought     // the primary list is searched for the clone IDs (R22)
	FirstPrimary    // from its first server (R22)
	NextPrimary     // the next server (R22)
	CloneCompared   // Clone: of the session, Pattern: of the server (R22)
	CloneMatched    // Member: has the clone ID (R22)
	CloneNotFound   // no server has it (R27)

	// Choice of the member.
	StatusChecked   // Member, Check (R42)
	StillMarkedDown // Member, Seconds: until a retry is due (R52)
	Picked          // Member, Weight: before or after the pick, levels differ (R32)
	PickedOld       // Member, Pending, Total: the form of V5 and V6.0

	// On the wire.
	TransportSet       // Case, Host, Port (R64)
	Executing          // the request goes to the chosen member
	StreamSought       // in the queue of the member's open connections (R66)
	StreamReused       // Socket: taken from the queue (R66)
	StreamCreated      // Socket: opened (R66)
	Connected          // Host, Port, Socket: the connection to the member is there
	ConnectTimeoutSet  // Seconds: ConnectTimeout in force (R50)
	ConnectTimedOut    // ConnectTimeout expired (R50)
	ConnectFailed      // Host, OSError (0 when not shown), Port when shown (R50)
	HandshakeStarted   // of TLS with the member
	HandshakeFailed    // Text, Code: name and number of the GSK code (R50)
	StreamFailed       // no stream could be had (R50)
	IOTimedOut         // Seconds, Count: retries so far, Limit: ServerIOTimeoutRetry, Retry, Code (R54-R56)
	TransactionFailed  // Member, Host; Retry: another one will be tried
	MarkedDown         // Member (R50)
	Counted            // Member, Counters; Old: names of V5 (R67)
	RequestWritten     // sent, the answer is awaited
	BodyStarted        // Length of the body, 0 when not shown
	BodyRead           // another part of the body was read from the client
	BodyShort          // Length read, Expected
	ContinueAwaited    // 100 Continue is waited for
	HandshakeExtended  // the extended handshake before a body; Text
	ResponseAwaited    // the status line is read for
	StatusLine         // Code, Text: reason phrase
	RequestLine        // Method, URI
	Header             // Pattern: name, Text: value; only those that this package looks at
	ServerWriteFailed  // writing to the member failed; Text
	ResponseMalformed  // the member's answer cannot be read (R70); Text. Our proxy's: the plug-in's form is not public
	AttemptDropped     // the attempt ended by no fault of member or client; Text says why. Our proxy's alone
	ClientWriteFailed  // writing to the client failed; Text
	FailoverHeaderSent // $WSFO: the member is told that it was not the first choice (R63)

	numKinds
)

// String returns the kind's name in lower case with dashes, as JSON output shows it.
func (k Kind) String() string {
	if k < numKinds {
		return forms[k].name
	}
	return "none"
}

// Level returns the level at which the plug-in writes lines of the kind.
func (k Kind) Level() Level { return forms[min(k, numKinds-1)].level }

// Check is what the plug-in found when it looked whether a member is usable (R42). Numbers are the ones printed.
type Check struct {
	IgnoreWeights, MarkedDown, RetryNow, WLBAllows bool
	HasRetryIn                                     bool  // false when the line prints "--" or is of a level before V7
	RetryIn                                        int32 // seconds; levels before PK67423 may print negative ones
	HasFull, Full                                  bool  // reachedMaxConnectionsLimit, absent in old levels
}

// Counters are the totals of one member in one web-server process.
type Counters struct{ Pending, Failed, Affinity, Total int64 }

// New returns how many requests balancing placed: those that no session bound to the member.
func (c *Counters) New() int64 { return c.Total - c.Affinity }

// GSK is a return code of GSKit as the log shows it; what it does not show is empty.
type GSK struct {
	Name string
	Code int32
}

// Event is what one line says. Which fields a kind fills is written at the kinds. Strings from [Read] are parts of a
// block of the log: valid for ever, but whoever keeps one keeps the block; strings.Clone what is to stay.
type Event struct {
	Line   int64 // 1-based number of the line in its file
	Offset int64 // of the line's first byte
	Time   Time
	Thread
	Kind  Kind
	Level Level // that the line names; LevelNone where it names none: that of the kind counts then

	Retry, Old bool // another attempt will be made; the names of counters are those of V5
	Member     string
	Host       string
	URI        string
	Pattern    string
	Group      string
	Clone      string
	Text       string
	Method     string

	Score, Weight, Port, Case, Seconds, OSError, Code, Count, Limit, Socket int32
	Pending, Total                                                          int64
	Length, Expected                                                        int64
	Check                                                                   Check
	Counters                                                                Counters
}

// Copy returns a copy that does not hold on to the block of the log.
func (e *Event) Copy() Event {
	c := *e
	for _, s := range [...]*string{&c.Member, &c.Host, &c.URI, &c.Pattern, &c.Group, &c.Clone, &c.Text, &c.Method} {
		*s = strings.Clone(*s)
	}
	return c
}

// Kinds is a set of kinds. It has room for 128 of them.
type Kinds [2]uint64

// KindsOf returns the set of the given kinds.
func KindsOf(kinds ...Kind) (s Kinds) {
	for _, k := range kinds {
		s[k/64] |= 1 << (k % 64)
	}
	return s
}

// AllKinds returns the set of all kinds but the given ones.
func AllKinds(but ...Kind) Kinds {
	drop := KindsOf(but...)
	return Kinds{^drop[0], ^drop[1]}
}

// Join adds those of another set.
func (s *Kinds) Join(other Kinds) {
	for i := range s {
		s[i] |= other[i]
	}
}

// Has reports whether k is in the set.
func (s *Kinds) Has(k Kind) bool { return s[k/64&1]&(1<<(k%64)) != 0 }

// form is how the writer spells a kind; reading is more tolerant, see parse.go.
type form struct {
	name                string
	level               Level
	component, function string
}

// forms is indexed by Kind. Spellings marked * in parse.go are from memory or ours, the others stand in published
// logs. A kind without a function is written by several of them, or its lines show none, as those of heads and of
// level PLUGIN.
var forms = [numKinds]form{
	None:               {name: "none"},
	BuildVersion:       {"build-version", LevelPlugin, "", ""},
	WebServer:          {"web-server", LevelPlugin, "", ""},
	ConfigReloaded:     {"config-reloaded", LevelPlugin, "ws_common", "websphereUpdateConfig"},
	PrimaryAdded:       {"primary-added", LevelTrace, "ws_server_group", "serverGroupAddPrimaryServerName"},
	BackupAdded:        {"backup-added", LevelTrace, "ws_server_group", "serverGroupAddBackupServerName"},
	RequestStarted:     {"request-started", LevelTrace, "", "ws_handle_request"},
	RequestNamed:       {"request-named", LevelDetail, "ws_common", "websphereHandleRequest"},
	RequestEnded:       {"request-ended", LevelTrace, "ws_common", "websphereEndRequest"},
	RequestFailed:      {"request-failed", LevelError, "ws_common", "websphereHandleRequest"},
	ESI:                {"esi", LevelTrace, "ESI", ""},
	ESICacheHit:        {"esi-cache-hit", LevelTrace, "ESI", "getResponseFromCache"},
	ESICacheMiss:       {"esi-cache-miss", LevelTrace, "ESI", "getResponseFromCache"},
	ErrorLine:          {"error", LevelError, "", ""},
	WarnLine:           {"warning", LevelWarn, "", ""},
	TimeoutFired:       {"timeout-fired", LevelError, "", ""},
	AllCouldBeDown:     {"all-could-be-down", LevelError, "ws_server_group", "serverGroupNextRoundRobinServer"},
	NoAppServer:        {"no-app-server", LevelError, "ws_common", "websphereWriteRequestReadResponse"},
	RouteTried:         {"route-tried", LevelTrace, "ws_common", "websphereShouldHandleRequest"},
	RouteNotFound:      {"route-not-found", LevelTrace, "ws_common", "websphereShouldHandleRequest"},
	AliasCompared:      {"alias-compared", LevelTrace, "ws_common", "websphereVhostMatch"},
	AliasMatched:       {"alias-matched", LevelTrace, "ws_common", "websphereVhostMatch"},
	URICompared:        {"uri-compared", LevelTrace, "ws_common", "websphereUriMatch"},
	URIMatched:         {"uri-matched", LevelTrace, "ws_common", "websphereUriMatch"},
	URINotMatched:      {"uri-not-matched", LevelTrace, "ws_common", "websphereUriMatch"},
	AffinityChecked:    {"affinity-checked", LevelTrace, "ws_common", "websphereHandleSessionAffinity"},
	AffinitySource:     {"affinity-source", LevelTrace, "ws_common", "websphereHandleSessionAffinity"},
	CookieSought:       {"cookie-sought", LevelTrace, "lib_htrequest", "htrequestGetCookieValue"},
	CloneAdded:         {"clone-added", LevelTrace, "ws_common", "websphereParseCloneID"},
	ClonesListed:       {"clones-listed", LevelTrace, "ws_common", "websphereParseCloneID"},
	CloneSought:        {"clone-sought", LevelTrace, "ws_server_group", "serverGroupFindClone"},
	FirstPrimary:       {"first-primary", LevelTrace, "ws_server_group", "serverGroupGetFirstPrimaryServer"},
	NextPrimary:        {"next-primary", LevelTrace, "ws_server_group", "serverGroupGetNextPrimaryServer"},
	CloneCompared:      {"clone-compared", LevelTrace, "ws_server_group", "serverGroupFindClone"},
	CloneMatched:       {"clone-matched", LevelTrace, "ws_server_group", "serverGroupFindClone"},
	CloneNotFound:      {"clone-not-found", LevelTrace, "ws_server_group", "serverGroupFindClone"},
	StatusChecked:      {"status-checked", LevelStats, "ws_server_group", "serverGroupCheckServerStatus"},
	StillMarkedDown:    {"still-marked-down", LevelTrace, "ws_server_group", "serverGroupCheckServerStatus"},
	Picked:             {"picked", LevelTrace, "ws_server_group", "lockedServerGroupUseServer"},
	PickedOld:          {"picked-old", LevelTrace, "ws_server_group", "serverGroupIncrementConnectionCount"},
	TransportSet:       {"transport-set", LevelDetail, "ws_common", "websphereFindTransport"},
	Executing:          {"executing", LevelTrace, "ws_common", "websphereExecute"},
	StreamSought:       {"stream-sought", LevelTrace, "ws_transport", "transportStreamDequeue"},
	StreamReused:       {"stream-reused", LevelTrace, "ws_common", "websphereGetStream"},
	StreamCreated:      {"stream-created", LevelTrace, "ws_common", "websphereGetStream"},
	Connected:          {"connected", LevelDebug, "ws_common", "websphereGetStream"},
	ConnectTimeoutSet:  {"connect-timeout-set", LevelTrace, "ws_common", "websphereGetStream"},
	ConnectTimedOut:    {"connect-timed-out", LevelError, "ws_common", "websphereGetStream"},
	ConnectFailed:      {"connect-failed", LevelError, "ws_common", "websphereGetStream"},
	HandshakeStarted:   {"handshake-started", LevelTrace, "lib_stream", "openStream"},
	HandshakeFailed:    {"handshake-failed", LevelError, "lib_stream", "openStream"},
	StreamFailed:       {"stream-failed", LevelError, "ws_common", "websphereExecute"},
	IOTimedOut:         {"io-timed-out", LevelError, "", ""},
	TransactionFailed:  {"transaction-failed", LevelError, "ws_common", "websphereHandleRequest"},
	MarkedDown:         {"marked-down", LevelError, "ws_server", "serverSetFailoverStatus"},
	Counted:            {"counted", LevelStats, "ws_server", "serverSetFailoverStatus"},
	RequestWritten:     {"request-written", LevelTrace, "ws_common", "websphereExecute"},
	BodyStarted:        {"body-started", LevelTrace, "lib_htrequest", "htrequestWrite"},
	BodyRead:           {"body-read", LevelTrace, "", "cb_read_body"},
	BodyShort:          {"body-short", LevelError, "", "cb_read_body"},
	ContinueAwaited:    {"continue-awaited", LevelTrace, "lib_htrequest", "htrequestWrite"},
	HandshakeExtended:  {"handshake-extended", LevelTrace, "ws_common", "websphereExtendedHandshake"},
	ResponseAwaited:    {"response-awaited", LevelTrace, "lib_htresponse", "htresponseRead"},
	StatusLine:         {"status-line", LevelDetail, "", ""},
	RequestLine:        {"request-line", LevelDetail, "", ""},
	Header:             {"header", LevelDetail, "", ""},
	ServerWriteFailed:  {"server-write-failed", LevelError, "lib_htrequest", "htrequestWrite"},
	ResponseMalformed:  {"response-malformed", LevelError, "lib_htresponse", "htresponseRead"},
	AttemptDropped:     {"attempt-dropped", LevelError, "ws_common", "websphereExecute"},
	ClientWriteFailed:  {"client-write-failed", LevelError, "", "cb_write_body"},
	FailoverHeaderSent: {"failover-header-sent", LevelDetail, "", ""},
}
