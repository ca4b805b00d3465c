package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// Symptom is what an administrator sees.
type Symptom struct {
	Name, Text string
	size       func(*Case, map[string]int64) string // it with its size in what was given, which is noted by name, too
}

// The symptoms by name.
const (
	notBalancing  = "not-balancing"
	notDetected   = "not-detected"
	notRecovering = "not-recovering"
	affinityLost  = "affinity-lost"
	sessionLost   = "session-lost"
	status500     = "500s"
	status503     = "503s"
	isSlow        = "slow"
	wrongAppName  = "wrong-app"
	isTwice       = "twice"
)

var symptoms = []Symptom{
	{notBalancing, "load is not balanced", sizeOfBalance},
	{notDetected, "a failed member goes on being asked", sizeOfFailures},
	{notRecovering, "a member that is up again gets no requests", sizeOfMarks},
	{affinityLost, "sessions do not go to their member", sizeOfMoves},
	{sessionLost, "sessions are gone although they go to their member, or after it failed", sizeOfMoves},
	{status500, "clients get status 500", sizeOf500},
	{status503, "clients get status 503", sizeOf503},
	{isSlow, "answers are slow", sizeOfSlow},
	{wrongAppName, "another application answers, or none", sizeOfWrong},
	{isTwice, "something was done twice", sizeOfTwice},
}

// SymptomNames are the names of the symptoms in their order.
func SymptomNames() (names []string) {
	for i := range symptoms {
		names = append(names, symptoms[i].Name)
	}
	return names
}

// Symptoms returns the symptoms in their order.
func Symptoms() []Symptom { return slices.Clone(symptoms) }

// sized puts numbers behind a symptom, those above zero; without a log there are none.
func sized(k *Case, measured map[string]int64, counts ...sizeOf) string {
	var parts []string
	for _, c := range counts {
		measured[c.name] = c.n
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", c.words, c.n))
		}
	}
	switch {
	case k.Log == nil && k.Access == nil && k.Server == nil:
		return "no log was given"
	case len(parts) == 0:
		return "nothing of it in the logs"
	}
	return strings.Join(parts, ", ")
}

// sizeOf is one number about a symptom: its name in JSON, and the words in front of it in the sentence.
type sizeOf struct {
	name, words string
	n           int64
}

// logged returns a log to count in: an empty one where none was given.
func (k *Case) logged() *facts.Log {
	if k.Log == nil {
		return &facts.Log{}
	}
	return k.Log
}

// accessed returns an access log to count in: an empty one where none was given.
func (k *Case) accessed() *facts.Access {
	if k.Access == nil {
		return &facts.Access{}
	}
	return k.Access
}

// The functions below say how large a symptom is in what was given. They count what an administrator calls the
// symptom, whatever its cause, so a number above 0 accuses nobody.

func sizeOfFailures(k *Case, m map[string]int64) string {
	l := k.logged()
	var failed, marks int64
	for _, one := range l.Order {
		failed, marks = failed+one.Failed, marks+one.Marks.Count
	}
	return sized(k, m, sizeOf{"failed", "failed attempts", failed}, sizeOf{"marks", "marks", marks},
		sizeOf{"hung", "requests without an answer for 5 minutes", l.Hung.Count})
}

func sizeOfMarks(k *Case, m map[string]int64) string {
	var marks, longest int64
	for _, one := range k.logged().Order {
		marks, longest = marks+one.Marks.Count, max(longest, int64(one.LongestBack.Seconds()))
	}
	return sized(k, m, sizeOf{"marks", "marks", marks}, sizeOf{"longestBack", "longest way back in seconds", longest})
}

// sizeOfMoves takes the larger of the two numbers of requests with a session: both logs tell of the same requests.
func sizeOfMoves(k *Case, m map[string]int64) string {
	l, a := k.logged(), k.accessed()
	unknown := l.UnknownClone.Count + l.OtherCluster.Count + l.CaseTwin.Count + l.Joined.Count
	return sized(k, m, sizeOf{"sessions", "requests of sessions", max(l.WithSession, a.WithCookie)},
		sizeOf{"moved", "that went to another member", l.Moved.Count}, sizeOf{"unknown",
			"whose clone ID has no member", unknown})
}

func sizeOf500(k *Case, m map[string]int64) string {
	l, a := k.logged(), k.accessed()
	return sized(k, m, sizeOf{"gaveUp", "requests that the plug-in gave up", l.GaveUp.Count},
		sizeOf{"members", "answers 500 of members", l.AppErrors.Count}, sizeOf{"clients",
			"status 500 in the access log", a.Errors500})
}

func sizeOf503(k *Case, m map[string]int64) string {
	l, a := k.logged(), k.accessed()
	return sized(k, m, sizeOf{"full", "full members met", l.Full.Count}, sizeOf{"members",
		"answers 503 of members", l.Own503.Count},
		sizeOf{"clients", "status 503 in the access log", a.WebServer503.Count + a.Member503.Count})
}

func sizeOfSlow(k *Case, m map[string]int64) string {
	l, a := k.logged(), k.accessed()
	return sized(k, m, sizeOf{"timed", "requests with a duration", l.Timed}, sizeOf{"slow", "slower than 5 s", l.Slow},
		sizeOf{"clients", "slower than 5 s in the access log", a.SlowMember.Count},
		sizeOf{"connectTimeouts", "connect timeouts", l.ConnectTimeouts.Count},
		sizeOf{"noThread", "times no thread of the web server was left", k.served().NoThread.Count})
}

// served returns an error log to count in: an empty one where none was given.
func (k *Case) served() *facts.Server {
	if k.Server == nil {
		return &facts.Server{}
	}
	return k.Server
}

// sizeOfWrong adds up the answers 404 that the log tells apart by who else could have been asked, and takes the access
// log's number where that is larger: it may reach further back.
func sizeOfWrong(k *Case, m map[string]int64) string {
	l, a := k.logged(), k.accessed()
	missing := l.NotFound.Count + l.NotFoundCatchAll.Count + l.NotFoundElsewhere.Count
	return sized(k, m, sizeOf{"declined", "requests that the plug-in declined", l.Declined},
		sizeOf{"notFound", "answers 404 of members", max(missing, a.NotFound.Count)},
		sizeOf{"clients", "status 404 without a member in the access log", a.NoMember404.Count})
}

func sizeOfTwice(k *Case, m map[string]int64) string {
	return sized(k, m, sizeOf{"retried", "requests with more than one attempt", k.logged().Retried},
		sizeOf{"repeated", "of those with a body", k.logged().PostRepeated.Count},
		sizeOf{"clients", "POSTs that a client sent twice within 5 s", k.accessed().SentTwice.Count})
}
