package answers

import (
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
)

// LabCheck asks what becomes of a session that a real client has when its member dies: who that is, and what the one
// finds that gets the next request.
type LabCheck struct {
	Config   app.Config
	Request  Request // with the session cookie
	Plugin   app.Plugin
	Members  Members // the partition table
	Sessions Sessions
}

// LabCheckAnswer is the prediction.
type LabCheckAnswer struct {
	Notes   app.Notes
	Owner   string // the member that the cookie leads to
	Session *explain.SessionNote
}

// Run asks twice: with all members up, and without the one that got the request.
func (l *LabCheck) Run(in app.Input) (*LabCheckAnswer, error) {
	// Nobody reads the steps and shares of these two answers, so they are not worked out.
	why := Why{Config: l.Config, Request: l.Request, Plugin: l.Plugin, Members: l.Members,
		Sessions: l.Sessions, Times: 1,
		Detail: explain.WithCertainty}
	home, err := why.Run(in)
	out := &LabCheckAnswer{Notes: home.Notes}
	if err != nil {
		return out, err
	}
	d := &home.Decisions[0]
	if out.Owner = d.Member; d.Member == "" {
		return out, diag.Errorf("%s: a request with the cookies %q goes to no certain member, but to %s; where the "+
			"file knows the servers by another host than --url does, name it with --public-url", l.Config.Path,
			l.Request.Cookies, d.Answers)
	}
	// The first answer says who owns the session, so who must die: nobody else in the cluster is down.
	why.Members.Down = []string{d.Cluster + "/" + d.Member}
	without, err := why.Run(in)
	if err != nil {
		return out, err
	}
	if out.Session = without.Decisions[0].Session; out.Session == nil {
		return out, diag.Errorf("%s: nothing is known of the sessions of %q", l.Config.Path, d.Cluster)
	}
	return out, nil
}
