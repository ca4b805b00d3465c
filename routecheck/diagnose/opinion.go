package diagnose

import (
	"fmt"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// sightings are what most is judged by.
type sightings = facts.Sightings

// proven is the opinion of lines that prove, with their share of the affected requests; none where there are no lines.
// A share of 0 means that nobody knows it.
func proven(why string, seen sightings, share float64) opinion {
	if seen.Count == 0 {
		return opinion{}
	}
	return opinion{stance: proves, why: why, seen: seen, share: share}
}

// or denies where nothing is said yet, and the log would have shown it. It reads as "proven(...).or(the level shows
// such lines, what their absence says)": nothing seen denies only where it would have been seen.
func (o opinion) or(denied bool, why string) opinion {
	if o.stance == silent && denied {
		return opinion{stance: denies, why: why}
	}
	return o
}

// share is that of some requests of whichever log has more of them: the two are of different length and detail.
func (k *Case) share(n int64) float64 {
	return facts.ShareOf(n, max(k.logged().Requests, k.accessed().Requests))
}

// byLint is the opinion of a file whose findings speak with a stance, and which says otherwise without any. Where a
// finding is no more than a hint, its absence is silent, and otherwise is "": the file then has no say.
func byLint(with stance, why string, without stance, otherwise string, codes ...string) func(*Case) opinion {
	return func(k *Case) opinion {
		if seen := k.File.Found(codes...); seen.Count > 0 {
			return opinion{stance: with, why: why, seen: seen}
		}
		return opinion{stance: without, why: otherwise}
	}
}

// either is an opinion that allows where something was seen in the file, and denies where not.
func either(seen sightings, yes, no string) opinion {
	if seen.Count > 0 {
		return opinion{stance: allows, why: yes, seen: seen}
	}
	return opinion{stance: denies, why: no}
}

// byPolicy is an opinion on what servers do with sessions. One cluster for which the test holds makes the cause
// possible.
func byPolicy(test func(*session.Policy) bool, yes, no string) func(*Case) opinion {
	return func(k *Case) opinion {
		all := k.policies()
		if len(all) == 0 {
			return opinion{}
		}
		for i := range all {
			if test(&all[i]) {
				return opinion{stance: allows, why: yes}
			}
		}
		return opinion{stance: denies, why: no}
	}
}

// seenIn is the opinion of a log: lines of a kind prove, and where the level would show them and none is there, that
// denies.
func seenIn(of func(*facts.Log) sightings, level pluginlog.Level, yes, no string) func(*Case) opinion {
	return func(k *Case) opinion {
		if k.Log == nil {
			return opinion{}
		}
		seen := of(k.Log)
		return proven(yes, seen, k.Log.Share(seen.Count)).or(k.Log.Shows(level) && k.Log.Requests > 0, no)
	}
}

// seenBoth is the opinion of both logs: lines of either prove; a log that would show them denies. The share is one of
// the requests with a session, which both logs count; so the larger number of the two is taken, not their sum.
// inAccess is nil where an access log shows nothing of it.
func seenBoth(
	inLog func(*facts.Log) sightings, inAccess func(*facts.Access) sightings, yes, no string,
) func(*Case) opinion {
	return func(k *Case) opinion {
		var seen sightings
		of, denied := int64(0), false
		if k.Log != nil {
			seen, of = seen.Join(inLog(k.Log)), k.Log.WithSession
			denied = k.Log.Shows(pluginlog.LevelTrace) && k.Log.WithSession > 0
		}
		if k.Access != nil && inAccess != nil {
			seen, of = seen.Join(inAccess(k.Access)), max(of, k.Access.WithCookie)
			denied = denied || k.Access.WithCookie > 0
		}
		return proven(yes, seen, facts.ShareOf(seen.Count, of)).or(denied, no)
	}
}

// clusterOf returns the cluster of a member by its name, nil where none or several have one.
func (k *Case) clusterOf(member string) *match.Cluster {
	if k.File == nil {
		return nil
	}
	if ids := k.File.Table.ClustersOf(member); len(ids) == 1 {
		return &k.File.Table.Clusters[ids[0]]
	}
	return nil
}

// retryInterval is that of a member's cluster. Where the file has no such member, or several, it is the usual one.
func (k *Case) retryInterval(member string) time.Duration {
	if c := k.clusterOf(member); c != nil {
		return time.Duration(c.RetryInterval)
	}
	return facts.UsualRetry
}

// policies tells what the servers of each cluster do with sessions; nil where nobody says it, since plugin-cfg.xml has
// nothing of it.
func (k *Case) policies() (all []session.Policy) {
	if k.File == nil || k.File.Policy == nil {
		return nil
	}
	for i := range k.File.Table.Clusters {
		all = append(all, k.File.Policy(k.File.Table.Clusters[i].Name))
	}
	return all
}

// processes words a number of them.
func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprint(n, " processes")
}

// noLines stands for the log of the plug-in where it shows nothing of a cause, and the access log does.
func noLines(*facts.Log) sightings { return sightings{} }
