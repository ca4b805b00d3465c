package diagnose

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// wrongApp are the causes for which another application answers than was meant, or none does: another Uri wins
// (WA1-WA3), the request came otherwise than the user typed it (WA4, WA5), the file does not have it (WA8), or its
// member or a cache answers for itself (WA6, WA7). What would have been right is found by asking the file again
// (facts/route.go).
func wrongApp() []*Cause {
	return []*Cause{
		{ID: "WA1", Symptom: wrongAppName, needs: atDetail.withFile(),
			Text:     "a longer URI, or a host, of another cluster wins",
			Advice:   "see which Uri wins, and why",
			Commands: []string{"wasplug why URL", "wasplug why --to CLUSTER"},
			Rules:    []string{"R1", "R2"}, Source: "R1",
			file: manyClusters,
			log: seenIn(func(l *facts.Log) sightings { return l.NotFoundElsewhere }, pluginlog.LevelDetail,
				"members answered 404 for paths that another cluster takes, too",
				"no member answered 404 for a path that another cluster takes")},
		{ID: "WA2", Symptom: wrongAppName, needs: atTrace.withFile(),
			Text:     "a Uri or alias that takes everything wins",
			Advice:   "name the paths of each application, and hosts instead of *:80",
			Commands: []string{"wasplug explain WP606", "wasplug why URL"},
			Rules:    []string{"R2"}, Lint: []string{diag.URICatchAll, diag.AliasInSeveralGroups}, Source: "WP606",
			file: byLint(allows, "a Uri takes everything, or an alias stands in several groups", silent, "",
				diag.URICatchAll, diag.AliasInSeveralGroups),
			log: seenIn(func(l *facts.Log) sightings { return l.NotFoundCatchAll }, pluginlog.LevelTrace,
				"members answered 404 for what a Uri that takes everything gave them",
				"no 404 of a Uri that takes everything")},
		{ID: "WA3", Symptom: wrongAppName, needs: atTrace.withFile(),
			Text:     "which Route wins is not determined by what is publicly known",
			Advice:   "make the Uris differ; a trace settles what your level does",
			Commands: []string{"wasplug trace -c plugin-cfg.xml --settle semantics.yaml http_plugin.log"},
			Rules:    []string{"R12", "R13"}, Lint: []string{diag.AliasAndURIToTwoClusters, diag.UndeterminedRoute},
			Source: "WP603",
			file: byLint(allows, "two Routes are equally good for some requests", denies,
				"every request has one best Route", diag.AliasAndURIToTwoClusters, diag.UndeterminedRoute),
			log: otherRoute},
		{ID: "WA4", Symptom: wrongAppName, needs: atTrace.withFile(),
			Text:     "the path is written in other letter case, or was rewritten before",
			Advice:   "patterns are compared with regard to letter case: add both, or rewrite in front",
			Commands: []string{"wasplug why URL", "wasplug explain WP609"},
			Rules:    []string{"R16"}, Lint: []string{diag.CasePairs}, Source: "R16",
			log: declinedBy(func(l *facts.Log) sightings { return l.OtherCase },
				"requests were declined that the file takes in lower case",
				"no request was declined for its letter case")},
		{ID: "WA5", Symptom: wrongAppName, needs: atTrace.withFile(),
			Text:     "something in front changes Host or port",
			Advice:   "let it pass the Host header, or add the alias",
			Commands: []string{"wasplug why --to CLUSTER", "wasplug explain VirtualHost"},
			Rules:    []string{"R7", "R8"}, Lint: []string{diag.FrontPortMissing}, Source: "R7",
			log: declinedBy(func(l *facts.Log) sightings { return l.OtherHost },
				"requests were declined that the file takes for another host or port",
				"no request was declined for its host or port")},
		{ID: "WA6", Symptom: wrongAppName, needs: atTrace.withFile(),
			Text:     "the Edge Side Include cache answered, without asking a member",
			Advice:   "let the application invalidate, or switch the cache off",
			Commands: []string{"wasplug set -w 'Property[ESIEnable]=false'", "wasplug explain WP804"},
			Lint:     []string{diag.ESIOn}, Source: "WP804",
			file: byLint(allows, "ESIEnable is on", silent, "", diag.ESIOn),
			log: seenIn(func(l *facts.Log) sightings { return l.ESI }, pluginlog.LevelTrace,
				"the cache answered requests", "the cache answered nothing")},
		{ID: "WA7", Symptom: wrongAppName, needs: atDetail.withFile(),
			Text:     "the server itself answers 404: its virtual host lacks the host or port (SRVE0255E)",
			Advice:   "add the alias to the virtual host on the server, or set AppServerPortPreference",
			Commands: []string{"wasplug explain AppServerPortPreference"},
			Rules:    []string{"R10"}, Source: "node/7147759",
			log: hostNotServed},
		{ID: "WA8", Symptom: wrongAppName, needs: atTrace.withFile().withAccess(),
			Text:     "the file is older than the deployment: no Uri takes the path",
			Advice:   "generate plugin-cfg.xml again and propagate it",
			Commands: []string{"wasplug why URL"},
			Rules:    []string{"R9"}, Source: "R9",
			log: declinedBy(func(l *facts.Log) sightings { return l.NoRoute },
				"requests were declined, and no change of case, host or port would help",
				"the file takes what was asked")},
	}
}

// manyClusters denies for a file with one cluster: whatever Uri wins leads to it.
func manyClusters(k *Case) opinion {
	if len(k.File.Table.Clusters) < 2 {
		return opinion{stance: denies, why: "the file has one cluster"}
	}
	return opinion{}
}

// declinedBy is the opinion of requests that the plug-in declined, which the file was asked about again. Without the
// file nobody was asked, so that no line was seen denies nothing.
func declinedBy(of func(*facts.Log) sightings, yes, no string) func(*Case) opinion {
	judge := seenIn(of, pluginlog.LevelTrace, yes, no)
	return func(k *Case) opinion {
		if k.File == nil {
			return opinion{}
		}
		return judge(k)
	}
}

// otherRoute: another cluster served than the file gives under the assumptions that were made. Requests are compared
// only where the file has two Routes that are equally good for some (facts/route.go): without such, another file was
// in force.
func otherRoute(k *Case) opinion {
	if k.Log == nil || k.File == nil {
		return opinion{}
	}
	seen := k.Log.Undetermined
	return proven("members of another cluster served than was expected", seen, k.Log.Share(seen.Count))
}

// hostNotServed finds hosts all of whose requests get 404 from members, while others are served. Five requests at
// least for that host. A server whose virtual host lacks the alias answers 404 whatever the path (SRVE0255E); an
// application that lacks a page does so for some.
func hostNotServed(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	bad, good, missing := false, false, int64(0)
	for _, h := range k.Log.Hosts {
		bad = bad || h.Requests >= 5 && h.NotFound == h.Requests
		good = good || h.NotFound == 0
		missing += h.NotFound
	}
	switch {
	case bad && good && k.Log.NotFound.Count > 0:
		return opinion{stance: proves,
			why:  "every request for one host gets 404 from members, those for others do not",
			seen: k.Log.NotFound, share: k.Log.Share(k.Log.NotFound.Count)}
	case missing == 0 && k.Log.Statuses > 0:
		return opinion{stance: denies, why: "no member answered 404"}
	}
	return opinion{}
}

// twice are the causes for which something was done twice: by the plug-in, which sends a body again where it was
// buffered (R57), or by the client, or by a member that died after its work (W9).
func twice() []*Cause {
	return []*Cause{
		{ID: "TW1", Symptom: isTwice, needs: atDetail.withFile(),
			Text: "the plug-in sent a request with a body twice",
			Advice: "ServerIOTimeoutRetry=0 and PostBufferSize=0 keep it from that; what is to be done once must " +
				"be idempotent",
			Commands: []string{"wasplug set -w 'ServerCluster[*].ServerIOTimeoutRetry=0'", "wasplug explain WP504"},
			Rules:    []string{"R56", "R57"}, Lint: []string{diag.PostReplayed}, Source: "WP504",
			file: byLint(allows, "requests with a body may be sent again", silent, "", diag.PostReplayed),
			log: seenIn(func(l *facts.Log) sightings { return l.PostRepeated }, pluginlog.LevelDetail,
				"requests with a body were sent again after they may have been read",
				"no request with a body was sent twice")},
		{ID: "TW2", Symptom: isTwice, needs: atTrace.withAccess(),
			Text:   "the member died when the work was done, or the user sent it twice",
			Advice: "a form that can be sent twice without harm: a token for each",
			Rules:  []string{"W9"}, Source: "W9",
			log: sentAgain},
	}
}

// sentAgain leaves to TW1 whatever the plug-in may have sent twice.
func sentAgain(k *Case) opinion {
	seen := k.logged().PostReset.Join(k.accessed().SentTwice)
	switch {
	case seen.Count > 0 && k.logged().PostRepeated.Count == 0:
		return opinion{stance: proves,
			why:  "a connection broke after the body had been sent, or a client sent it twice",
			seen: seen, share: k.share(seen.Count)}
	case k.accessed().Requests > 0 && k.Log != nil && seen.Count == 0:
		return opinion{stance: denies, why: "no client sent a POST twice, and no connection broke behind one"}
	}
	return opinion{}
}
