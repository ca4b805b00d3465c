package lab

import (
	"io"
	"log/slog"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/logs"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Options say what is to run. Config, Files and nothing else must be given.
type Options struct {
	Config *parser.Config
	Files  *diag.Files
	// Executable is a program that runs a member when it is called with the words "lab member".
	Executable string

	Sessions    func(cluster string) Sessions // default: in memory only
	Assumptions *choices.Assumptions          // default those of the latest plug-in level
	Listen      string                        // HOST:PORT of the first web server process, default a free port
	Processes   int                           // web server processes, default 1
	Replicators int                           // members of each domain that hold copies and get no requests (L12)
	Database    Database
	Grid        Grid
	Apps        []string // servlets that members run, default all
	PortBase    int      // port of the first member, the next ones follow; 0: free ones

	Manual bool   // clocks stand until Advance
	Seed   uint64 // of chance, and of session IDs; 0: by chance
	// Next is where round robin begins in a fresh web server process: a place in the primary list of a cluster, -1 or
	// nil by chance.
	Next func(cluster string) int

	Keep string       // folder of the run, which stays; "" for one that goes
	Log  *slog.Logger // of the proxies; default none
	// PluginLog gets the plug-in's own log of all web server processes, at the LogLevel of the file; default none.
	PluginLog io.Writer
	OnEvent   func(Event) // what members tell; called from several goroutines
	// OnSteps is told what becomes of each request in a web server process, from 0 on; called from several goroutines.
	OnSteps func(process int, t *routecheck.Table, told Told)
}

// Sessions say what the members of a cluster do with sessions. The names of cookie and URL parameter and the
// separator of clone IDs are those of the file, whatever stands here. Words are those of the members, not of
// routecheck/session: the lab asks nothing of what predicts it.
type Sessions struct {
	session.Config
	Persistence string // none, database, memory-to-memory or grid; "" none
	MultiRow    bool   // database: a row for each attribute
	Replicas    int    // memory-to-memory: copies, -1 one on each member
	Mode        string // both, client or server; "" both
	Domain      string // replication domain, default the cluster's
	Encryption  string // none or tls; "" none
	Ack         string // replication-ack: wait or async; "" wait, as the lab runs unless it is told
	Retarget    string // replica-retarget: at-once, next-write or never; "" at-once
	Mutant      string // of a member that is broken on purpose, for the proof of the lab
}

// Database is where persistence: database writes.
type Database struct {
	Kind        string // sqlite or postgres; "" sqlite
	DSN         string // of postgres
	AllowRemote bool   // the DSN may name another host
	// bytes that a column takes at most, where that is less than the largest column does; 0: it is not
	Largest int
}

// Grid is where persistence: grid keeps sessions.
type Grid struct {
	Kind        string // jetstream or redis, which the lab starts; "" jetstream
	Redis       string // URL of a Redis that runs, in place of both
	AllowRemote bool   // the URL may name another host
}

// Event is something that a member told.
type Event struct {
	Member string `json:"member"`
	Line   []byte `json:"-"` // the JSON that it wrote
}

// Told is what became of a request in a web server process.
type Told = logs.Told

// most is how many members a lab runs, replicators included; servers of a grid are not counted.
const most = 16
