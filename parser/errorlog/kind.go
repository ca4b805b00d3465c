package errorlog

import "strings"

// Kind says what a line is about.
type Kind uint8

// The kinds; behind each the fields of Line that it fills.
const (
	Other        Kind = iota // of the log's form, and of no interest here
	Threads                  // Threads: what mod_mpmstats reports
	Busy                     // Modules: in which modules requests are, by mod_mpmstats
	LongRunning              // Modules: the same of requests that take longer than SlowThreshold
	SlowModule               // a module took long in a phase of a request
	NearLimit                // nearly all threads are busy; Used and Limit where the line shows them
	AtLimit                  // no thread is left: Apache says so once, not each time
	Crashed                  // Child, Signal: a process died
	Killed                   // Child: a process did not end and was killed
	Exhausted                // OSError: the operating system has no files, memory, space or processes left
	Started                  // the web server is up
	Restarting               // it was asked to start again
	Stopping                 // it was asked to stop
	PluginLoaded             // the plug-in is in the web server
	numKinds
)

// kinds has the name of each kind and what it means to those who wait for answers.
var kinds = [numKinds]struct{ name, meaning, advice string }{
	Other:   {name: "other"},
	Threads: {name: "threads"},
	Busy:    {name: "busy"},
	LongRunning: {"long-running", "requests are in these modules for longer than SlowThreshold",
		"in mod_was: wasplug diagnose --symptom slow -t http_plugin.log"},
	SlowModule: {"slow-module", "a module held a request for long", "is it the plug-in, or what authenticates users?"},
	NearLimit: {"near-limit", "nearly all threads of the web server are busy",
		"see which module they are in; raise the limit only where members can take more"},
	AtLimit: {"at-limit", "no thread was left: new clients wait until one is free; told once until the next start",
		"find out what threads wait for (mod_mpmstats, TrackModules On) before MaxRequestWorkers is raised"},
	Crashed: {"crashed", "a process died: its clients lost their connections, and its marks and weights are gone",
		"a core dump, and which module it was; IBM's MustGather for crashes of IBM HTTP Server"},
	Killed: {"killed", "a process did not end when it was asked to, and was killed with its requests",
		"requests were still under way: a longer GracefulShutdownTimeout, or no restart under load"},
	Exhausted: {"exhausted", "the operating system had no more files, memory, space or processes to give",
		"wasplug explain errno and the number tells of it; look at ulimit and at the file systems of the logs"},
	Started:      {"started", "the web server is up; marks and weights of the plug-in begin anew", ""},
	Restarting:   {"restarting", "the web server starts again; marks and weights of the plug-in begin anew", ""},
	Stopping:     {"stopping", "the web server was asked to stop", ""},
	PluginLoaded: {"plugin-loaded", "the plug-in is in the web server", ""},
}

// String returns the kind's name in lower case with dashes.
func (k Kind) String() string { return kinds[min(k, numKinds-1)].name }

// Meaning says what a line of the kind means to clients, "" where it is a number among others.
func (k Kind) Meaning() string { return kinds[min(k, numKinds-1)].meaning }

// Advice says what to do, "" for nothing.
func (k Kind) Advice() string { return kinds[min(k, numKinds-1)].advice }

// Trouble reports whether a line of the kind means that clients waited or lost something.
func (k Kind) Trouble() bool { return k >= LongRunning && k <= Exhausted }

// texts are parts of lines by which a kind is known, from the sources of Apache 2.0 to 2.4. Codes (AH00161) came with
// 2.4, so that they cannot tell.
var texts = []struct {
	part string
	kind Kind
}{
	{"server reached MaxRequestWorkers setting", AtLimit},
	{"server reached MaxClients setting", AtLimit},
	{"scoreboard is full, not at MaxRequestWorkers", AtLimit},
	{"Server ran out of threads to serve requests", AtLimit},
	{"server is within MinSpareThreads of Max", NearLimit},
	{"still did not exit, sending a SIGKILL", Killed},
	// "Unable" and "unable"
	{"nable to fork new process", Exhausted},
	{"nable to create worker thread", Exhausted},
	{"configured -- resuming normal operations", Started},
	{"SIGHUP received.  Attempting to restart", Restarting},
	{"Graceful restart requested, doing restart", Restarting},
	{"SIGUSR1 received.  Doing graceful restart", Restarting},
	{"AP_SIG_GRACEFUL received.  Doing graceful restart", Restarting},
	{"SIGWINCH received.  Doing graceful restart", Restarting},
	{"caught SIGTERM, shutting down", Stopping},
	{"caught SIGWINCH, shutting down gracefully", Stopping},
	{"Received shutdown signal -- Shutting down the server", Stopping},
	{"WebSphere Plugins loaded", PluginLoaded},
}

// kindOf finds the kind of a line. One about a request has a path or a name that a client chose, which may say
// anything: of it only the number of the operating system counts, which stands before them.
func (l *Line) kindOf() Kind {
	if !l.request {
		if k := l.ofServer(); k != Other {
			return k
		}
	}
	switch l.OSError {
	case 12, 23, 24, 28: // ENOMEM, ENFILE, EMFILE and ENOSPC have one number on all systems but z/OS and Windows
		return Exhausted
	}
	return Other
}

// ofServer finds the kind of a text that the web server wrote about itself. What mod_mpmstats says comes first, for
// the names of modules in it may be anything.
func (l *Line) ofServer() Kind {
	if k := l.mpmstats(); k != Other {
		return k
	}
	if l.crashed() {
		return Crashed
	}
	if strings.HasPrefix(l.Text, "module ") && strings.Contains(l.Text, "ms to return ") {
		return SlowModule
	}
	for i := range texts {
		if !strings.Contains(l.Text, texts[i].part) {
			continue
		}
		if texts[i].kind == Killed {
			l.Child = numberBehind(l.Text, "child process ")
		}
		return texts[i].kind
	}
	return Other
}

// crashed reads "child pid 4711 exit signal Segmentation fault (11), possible coredump in /tmp", and what Windows has.
func (l *Line) crashed() bool {
	// Windows: "Parent: child process 4711 exited with status 3221225477 -- Restarting."
	if strings.Contains(l.Text, " exited with status ") && strings.HasSuffix(l.Text, "-- Restarting.") {
		l.Child = numberBehind(l.Text, "child process ")
		return true
	}
	_, rest, ok := strings.Cut(l.Text, "child pid ")
	if !ok {
		return false
	}
	_, signal, ok := strings.Cut(rest, " exit signal ")
	if !ok {
		return false
	}
	l.Child = numberBehind(rest, "")
	if end := strings.IndexByte(signal, ')'); end >= 0 {
		signal = signal[:end+1]
	}
	l.Signal = signal
	return true
}
