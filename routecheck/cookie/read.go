package cookie

import (
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Question is a cookie, and where it is looked up.
type Question struct {
	Name       string // "" where only the value is known
	Value      string
	Attributes *Attributes // of a Set-Cookie header, nil for none
	Others     int         // further cookies of the name in the same request

	Table   *match.Table // nil: no clone ID is looked up
	Sem     choices.Assumptions
	Request *match.Request // to which the cookie is sent, nil where nobody says it
}

// Report is what a cookie says, as `cookie --format json` prints it (schemas/cookie.schema.json).
type Report struct {
	Version    int       `json:"version"`
	Name       string    `json:"name"`
	Value      string    `json:"value"` // as typed
	CacheID    string    `json:"cacheId"`
	Persistent bool      `json:"persistent"` // a cache ID other than 0000 (S3)
	Rereads    int       `json:"rereads"`    // at least so often a member took it from the store (S4)
	SessionID  SessionID `json:"sessionId"`
	IDs        []ID      `json:"ids"` // what stands behind the separators, in order
	LookedUp   bool      `json:"lookedUp"`
	Separator  string    `json:"separator"` // "" without any
	Product    string    `json:"product"`   // that writes such values, "" for WebSphere
	Problems   []Problem `json:"problems"`
}

// SessionID is what stands between cache ID and the first separator.
type SessionID struct {
	Length int  `json:"length"`
	OK     bool `json:"ok"` // 8 to 128 characters of WebSphere's alphabet (S2)
}

// Kinds of an ID behind a separator.
const (
	Clone     = "clone"
	Partition = "partition"
	Unknown   = "unknown" // of no server, or not looked up
)

// ID is a clone ID, or a partition ID (R28).
type ID struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Cluster string `json:"cluster"`
	Member  string `json:"member"`
	Role    string `json:"role"`  // primary, backup or none
	Place   int    `json:"place"` // in its list, from 1; 0 in none
	Near    []Near `json:"near"`  // of an unknown one
}

// Near is a clone ID that may have been meant, and leads to its member.
type Near struct {
	ID      string `json:"id"`
	What    string `json:"what"`
	Cluster string `json:"cluster"`
	Member  string `json:"member"`
}

// Problem is a defect of the cookie.
type Problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

const (
	cacheIDLength = 4
	usualID       = 23 // characters (S2)
	leastID       = 8
	mostID        = 128
	// MostLength is how long a value may be before servers warn (S12).
	MostLength = 1024
)

// reader reads one cookie. What it finds wrong it adds to the report as it goes: the order of problems is that of the
// parts of a value, attributes last.
type reader struct {
	Question
	out   Report
	plain string // the value, decoded
}

// Read says what a cookie tells.
func Read(q Question) *Report {
	r := &reader{Question: q, out: Report{Version: 1, Name: q.Name, Value: q.Value, IDs: []ID{}, Problems: []Problem{},
		LookedUp: q.Table != nil}}
	r.decode()
	if r.foreign(); r.out.Product == "" {
		r.parts()
	}
	if len(q.Value) > MostLength {
		r.problem("too-long", "the value has "+strconv.Itoa(len(q.Value))+" characters, servers warn from "+
			strconv.Itoa(MostLength)+" on (S12)")
	}
	if q.Others > 0 {
		r.problem("several-cookies", "the request has "+strconv.Itoa(q.Others+1)+" cookies of this name, and this "+
			"is the first: two applications or two paths set it (choice many-cookies)")
	}
	r.attributes()
	return &r.out
}

func (r *reader) problem(code, text string) {
	r.out.Problems = append(r.out.Problems, Problem{code, text})
}

// decode takes away what a device in front may have put on, so that the rest can be read: what is wrong is told, not
// passed over, for the plug-in takes the value as it comes.
func (r *reader) decode() {
	r.plain = r.Value
	if unquoted := strings.Trim(r.plain, `"`); unquoted != r.plain {
		r.problem("quoted", "the value stands in quotes, which the plug-in takes for a part of it")
		r.plain = unquoted
	}
	if plain, ok := match.Decoded(r.plain); ok && plain != r.plain {
		r.problem("encoded", "the value is %-encoded; a device in front changed it, it means "+plain)
		r.plain = plain
	}
}

// foreign finds the forms of other products, by ! and ., which no session ID of WebSphere holds (S2).
func (r *reader) foreign() {
	head, route, dotted := strings.Cut(r.plain, ".")
	switch {
	case strings.Contains(r.plain, "!"):
		r.out.Product = "WebLogic (ID!primary!secondary)"
	case dotted && route != "" && len(head) == 32 && strings.Trim(head, "0123456789ABCDEF") == "":
		r.out.Product = "Tomcat (ID.route)"
	case dotted && route != "":
		r.out.Product = "JBoss, WildFly or another that appends .route"
	default:
		return
	}
	r.problem("other-product", "this is no session of WebSphere: "+r.out.Product)
}

// parts takes the value apart (S1, S6).
func (r *reader) parts() {
	end := strings.IndexAny(r.plain, ":+")
	if end < 0 {
		end = len(r.plain)
	} else {
		r.out.Separator = r.plain[end : end+1]
	}
	if end < cacheIDLength {
		r.problem("too-short", "no session ID: the cache ID has 4 characters, and "+strconv.Itoa(end)+
			" stand before the first separator (S6)")
		return
	}
	r.cacheID(r.plain[:cacheIDLength])
	r.sessionID(r.plain[cacheIDLength:end])
	r.ids()
}

// cacheID reads the four characters that begin a value. 0001 is the first of a persistent session, so what is beyond
// it counts the members that took it from the store (S3, S4); behind 9999 comes 0001 again, so it may have been more.
func (r *reader) cacheID(text string) {
	n, err := strconv.Atoi(text)
	if r.out.CacheID = text; err != nil || n < 0 {
		r.problem("cache-id", "the cache ID "+text+" is no number and counts as 0 (S6)")
		return
	}
	r.out.Persistent, r.out.Rereads = n > 0, max(0, n-1)
}

// sessionID holds the session ID against what servers write. Other lengths than the usual one are fine as long as they
// can be configured.
func (r *reader) sessionID(id string) {
	foreign := strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
	r.out.SessionID = SessionID{Length: len(id), OK: foreign == "" && len(id) >= leastID && len(id) <= mostID}
	switch {
	case foreign != "":
		r.problem("session-id", "the session ID holds characters that servers do not use; they are A-Z a-z 0-9 - "+
			"_ (S2)")
	case !r.out.SessionID.OK:
		r.problem("session-id", "the session ID is "+strconv.Itoa(len(id))+" long; servers write 23 characters, "+
			"and 8 to 128 where HttpSessionIdLength says so (S2): was it cut?")
	}
}
