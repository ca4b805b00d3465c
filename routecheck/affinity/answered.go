package affinity

import "github.com/wasplug/wasplug/routecheck/session"

// AnsweredSession is what an answer tells of the session that it is about.
type AnsweredSession uint8

const (
	SessionUntold    AnsweredSession = iota // there is none
	SessionGoesOn                           // the request names it, and the answer sets no other
	SessionBegun                            // the answer sets one that the request does not name
	SessionTakenOver                        // the answer sets the one of the request, with other clone IDs (S9)
)

// SessionOf says which session an answer is about, and what became of it: the one whose cookie the answer sets, or
// else the first that the request names. set is that cookie's value, "" for none. It allocates nothing.
func SessionOf(a Affinity, set string) (id string, what AnsweredSession) {
	given, clones, sets := session.CutID(set)
	for i := range a.Len() {
		asked := a.ID(i)
		switch id, had, ok := session.CutID(asked.Value); {
		case !ok || sets && id != given:
		case sets && had != clones && asked.Source == SessionCookie:
			return id, SessionTakenOver
		default:
			return id, SessionGoesOn
		}
	}
	if sets {
		return given, SessionBegun
	}
	return "", SessionUntold
}
