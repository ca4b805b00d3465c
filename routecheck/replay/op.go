package replay

import (
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// opKind tells the operations apart.
type opKind uint8

const (
	opStart       opKind = iota + 1 // a process starts: its history is known from here on
	opReload                        // it takes a new file
	opDecline                       // no Route was found
	opStatus                        // the status of a member was checked
	opTimer                         // how long until the retry of a member is due
	opPick                          // a member gets an attempt
	opFail                          // the attempt failed
	opHead                          // the head of its answer came
	opDone                          // the answer was passed on
	opGone                          // the client left, or nothing is known
	opCount                         // pending requests of a member
	opEnd                           // the request ends without an answer of a new attempt
	opURI                           // a Uri was found
	opAlias                         // an alias was found
	opCompare                       // a clone ID of the session was compared with that of a server
	opMatched                       // it is that of a member
	opSessionName                   // the session was looked for under a name
	opTransport                     // where the request is sent to
	opClose                         // nothing more comes about the request
)

// op is one thing that the log says, free of open choices. A reader makes them of events, machines play them.
type op struct {
	kind      opKind
	place     requests.Place
	thread    pluginlog.Thread
	now       match.Nanos // of the line, or of the last before it that shows a time
	rq        *request    // of the log, shared by all machines: they only read it; nil for opStart and opReload
	member    string
	pattern   string     // a Uri, an alias, the clone ID of a server, or the name of a cookie
	source    sourceHint // with opSessionName
	group     string
	clone     string // with opCompare: that of the session
	host      string
	port      int32
	weight    int32 // of the member; with opURI the score
	hasWeight bool
	marked    bool // with opFail
	fresh     bool // with opFail: another stream to the same member follows
	event     failover.Event
	check     pluginlog.Check
	pending   int64
	implied   bool // with opPick: no line says so, what follows it does
	named     bool // with opTransport: the line names the member
	coarse    bool // the log hides what led here: its level is below Trace, or it begins in the middle of the request
}

// Kinds are the kinds of events that a Replay reads.
func Kinds() pluginlog.Kinds {
	return pluginlog.KindsOf(pluginlog.BuildVersion, pluginlog.ConfigReloaded,
		pluginlog.RouteTried, pluginlog.RequestStarted, pluginlog.RequestNamed, pluginlog.URIMatched,
		pluginlog.RouteNotFound, pluginlog.AliasMatched,
		pluginlog.TransportSet,
		pluginlog.AffinityChecked, pluginlog.AffinitySource, pluginlog.CookieSought, pluginlog.CloneAdded,
		pluginlog.ClonesListed, pluginlog.CloneCompared, pluginlog.CloneMatched,
		pluginlog.StatusChecked, pluginlog.StillMarkedDown, pluginlog.Picked, pluginlog.PickedOld,
		pluginlog.ConnectFailed, pluginlog.ConnectTimedOut, pluginlog.IOTimedOut, pluginlog.StreamFailed,
		pluginlog.ServerWriteFailed, pluginlog.ResponseMalformed,
		pluginlog.MarkedDown, pluginlog.Counted, pluginlog.TransactionFailed,
		pluginlog.Executing, pluginlog.StreamSought, pluginlog.StreamReused,
		pluginlog.StreamCreated, pluginlog.BodyStarted,
		pluginlog.StatusLine,
		pluginlog.ClientWriteFailed, pluginlog.AttemptDropped, pluginlog.NoAppServer, pluginlog.RequestFailed,
		pluginlog.RequestEnded)
}
