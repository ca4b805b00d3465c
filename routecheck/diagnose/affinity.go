package diagnose

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/match"
)

// affinity are the causes for which a session does not reach its own member: what the cookie carries (AL1-AL3, AL5,
// AL14), which cookie is looked at (AL4, AL6-AL8, AL12), and why the member was passed over although its clone ID was
// read (AL9-AL11, AL13).
func affinity() []*Cause {
	return []*Cause{
		{ID: "AL1", Symptom: affinityLost, needs: atTrace.withAccess().withFile(),
			Text:     "the cookie carries no clone ID",
			Advice:   "let each server have a clone ID: HttpSessionCloneId",
			Commands: []string{"wasplug cookie VALUE", "wasplug explain WP303"},
			Rules:    []string{"S1", "R25"}, Lint: []string{diag.CloneIDMissing}, Source: "WP303",
			file: byLint(allows, "servers have no clone ID", silent, "", diag.CloneIDMissing),
			log: seenBoth(noLines, func(a *facts.Access) sightings { return a.NoClone },
				"cookies came without a clone ID", "cookies carry clone IDs")},
		{ID: "AL2", Symptom: affinityLost, needs: atTrace.withAccess().withFile(),
			Text:     "the cookie's clone ID is of no server: the file is old, or of another cell",
			Advice:   "generate plugin-cfg.xml again, or find out which server writes that clone ID",
			Commands: []string{"wasplug cookie -c plugin-cfg.xml VALUE"},
			Rules:    []string{"R27"}, Source: "R27",
			log: seenBoth(func(l *facts.Log) sightings { return l.UnknownClone },
				func(a *facts.Access) sightings { return a.Unknown }, "no server has the clone ID of sessions",
				"every clone ID has its server")},
		{ID: "AL3", Symptom: affinityLost, needs: atTrace.withAccess().withFile(),
			Text:     "the clone ID is written in other letter case, or the attribute is",
			Advice:   "write CloneID, and its value as the server does",
			Commands: []string{"wasplug lint --fix plugin-cfg.xml"},
			Rules:    []string{"R22"}, Lint: []string{diag.WrongLetterCase}, Source: "WP109",
			file: cloneAttribute,
			log: seenBoth(func(l *facts.Log) sightings { return l.CaseTwin },
				func(a *facts.Access) sightings { return a.CaseTwin },
				"clone IDs differ from the file's in letter case", "no clone ID differs in letter case alone")},
		{ID: "AL4", Symptom: affinityLost, needs: atTrace.withFile(),
			Text:     "the Uri that wins does not watch the cookie that the application writes",
			Advice:   "set AffinityCookie on the Uris of that application",
			Commands: []string{"wasplug explain AffinityCookie", "wasplug set -w 'Uri[*].AffinityCookie=NAME'"},
			Rules:    []string{"R20"},
			Lint: []string{diag.AffinityCookieDiffersOnOverlap, diag.AffinityCookieDiffersInCluster,
				diag.AffinityCookieOdd}, Source: "PQ67476, PM26672",
			file: byLint(allows, "Uris that overlap watch other cookies", silent, "",
				diag.AffinityCookieDiffersOnOverlap, diag.AffinityCookieDiffersInCluster, diag.AffinityCookieOdd),
			log: seenIn(func(l *facts.Log) sightings { return l.StrayCookie }, pluginlog.LevelTrace,
				"answers set a session's cookie that nobody looked for", "every session's cookie was looked for")},
		{ID: "AL5", Symptom: affinityLost, needs: atTrace.withAccess().withFile(),
			Text:     "servers and file separate clone IDs by other characters",
			Advice:   "CloneSeparatorChange must be the same in the file and on the servers",
			Commands: []string{"wasplug explain CloneSeparatorChange"},
			Rules:    []string{"R21"}, Lint: []string{diag.CloneIDCharacters, diag.SeparatorDiffers}, Source: "R21",
			file: byLint(allows, "the separator stands in a clone ID, or differs between clusters", silent, "",
				diag.CloneIDCharacters, diag.SeparatorDiffers),
			log: seenBoth(func(l *facts.Log) sightings { return l.Joined },
				func(a *facts.Access) sightings { return a.Joined }, "cookies separate otherwise than the file says",
				"cookies separate as the file says")},
		{ID: "AL6", Symptom: affinityLost, needs: atTrace.withAccess().withFile(),
			Text:     "two applications on one host overwrite each other's cookie",
			Advice:   "give each application a cookie name, or a cookie path, of its own",
			Commands: []string{"wasplug explain WP302"},
			Rules:    []string{"S14", "R27"}, Lint: []string{diag.CloneIDReusedAcrossClusters}, Source: "S14",
			file: severalClusters,
			log: seenBoth(func(l *facts.Log) sightings { return l.OtherCluster },
				func(a *facts.Access) sightings { return a.Alternates },
				"the clone ID of a session is that of another cluster's member",
				"clone IDs are of the cluster that served")},
		{ID: "AL7", Symptom: affinityLost, needs: atTrace.withAccess(),
			Text:     "a request has two cookies of the name, and the wrong one comes first",
			Advice:   "two paths or domains set it: give one of the applications another name",
			Commands: []string{"wasplug explain many-cookies"},
			Rules:    []string{"R29"}, Source: "R29",
			log: seenBoth(noLines, func(a *facts.Access) sightings { return a.TwoCookies },
				"requests have two cookies of one name", "no request has two cookies of one name")},
		{ID: "AL8", Symptom: affinityLost, Also: []string{sessionLost}, needs: atTrace.withAccess(),
			Text:     "the browser does not send the cookie back: domain, path, Secure on http, SameSite, cookies off",
			Advice:   "look at the attributes of Set-Cookie, and by which scheme and host the page is asked for",
			Commands: []string{"wasplug cookie 'Set-Cookie: ...'"},
			Rules:    []string{"S14"}, Source: "rtrb_httpsessprobs",
			log: notSentBack},
		{ID: "AL9", Symptom: affinityLost, needs: atTrace.withFile(),
			Text:     "two members have one clone ID",
			Advice:   "give each server a clone ID of its own",
			Commands: []string{"wasplug explain WP301"},
			Rules:    []string{"R22"}, Lint: []string{diag.CloneIDCollision, diag.CloneIDCollisionAfterMerge},
			Source: "WP301",
			file: byLint(proves, "members of one cluster share a clone ID", denies, "clone IDs are different",
				diag.CloneIDCollision, diag.CloneIDCollisionAfterMerge)},
		{ID: "AL10", Symptom: affinityLost, Also: []string{sessionLost}, needs: atStats,
			Text:     "the member was down, and its sessions moved: by design",
			Advice:   "whether the session survives is a matter of persistence; see not-detected for the member",
			Commands: []string{"wasplug why --down MEMBER --cookie ... URL"},
			Rules:    []string{"R22", "R26", "S9"}, Source: "R26",
			log: seenIn(func(l *facts.Log) sightings { return l.MovedByDown }, pluginlog.LevelTrace,
				"sessions of members that were down went to others", "no session moved from a member that was down")},
		{ID: "AL11", Symptom: affinityLost, Also: []string{sessionLost, notBalancing}, needs: atStats.withFile(),
			Text:     "the member was full, or is a backup, which sessions are not kept at",
			Advice:   "a limit that sessions hit costs them their member: raise MaxConnections, or take it away",
			Commands: []string{"wasplug explain affinity-max-connections", "wasplug explain WP413"},
			Rules:    []string{"R23", "R39"}, Lint: []string{diag.MaxConnectionsPerProcess, diag.ServerInBothLists},
			Source: "R39",
			file:   limitedOrBackup,
			log: seenIn(func(l *facts.Log) sightings { return l.MovedByFull }, pluginlog.LevelTrace,
				"sessions of members that were full went to others", "no session moved from a member that was full")},
		{ID: "AL12", Symptom: affinityLost, needs: atTrace,
			Text: "the session is in the URL, and its identifier is another one or cut; or SSL session IDs come " +
				"first",
			Advice:   "AffinityURLIdentifier must be the name that the application writes behind the semicolon",
			Commands: []string{"wasplug explain AffinityURLIdentifier"},
			Rules:    []string{"R14", "R20"}, Source: "R20",
			log: seenIn(func(l *facts.Log) sightings { return l.URLSession.Join(l.SSLSession) },
				pluginlog.LevelTrace, "paths carry sessions from which no clone ID was read",
				"every session of a path was read")},
		{ID: "AL13", Symptom: affinityLost, Also: []string{sessionLost}, needs: need{access: true, file: true},
			Text: "a clone ID begins with another member's: the take-over is not recorded, and the session goes " +
				"back",
			Advice:   "rename the clone IDs so that none begins with another",
			Commands: []string{"wasplug explain WP313"},
			Rules:    []string{"S10"}, Lint: []string{diag.CloneIDPrefix}, Source: "S10",
			file: byLint(allows, "a clone ID begins with another", denies, "no clone ID begins with another",
				diag.CloneIDPrefix), log: wentBack},
		{ID: "AL14", Symptom: affinityLost, needs: need{access: true},
			Text:     "a device in front encodes, quotes, strips or renames the cookie",
			Advice:   "let it pass the cookie as it is",
			Commands: []string{"wasplug cookie VALUE"},
			Rules:    []string{"R21"}, Source: "R21",
			log: seenBoth(noLines, func(a *facts.Access) sightings { return a.Encoded },
				"cookies came encoded or quoted", "cookies came as servers write them")},
	}
}

// cloneAttribute finds the attribute CloneID in other letter case. The rule WP109 judges all names, so its message is
// searched for this one: without CloneID a server has no affinity (R25), whereas another misspelt attribute costs no
// session. Silence is no denial: values that differ in letter case are for the log.
func cloneAttribute(k *Case) opinion {
	var seen sightings
	for _, d := range k.File.Findings {
		if d.Rule.Code == diag.WrongLetterCase && strings.Contains(strings.ToLower(d.Message), "cloneid") {
			seen = seen.Join(k.File.At(d.Span, d.Message))
		}
	}
	return proven("the attribute CloneID is written otherwise, and not read", seen, 0)
}

// severalClusters denies for a file with one cluster, whose cookie nobody else can overwrite. More of them are the
// rule, and say nothing.
func severalClusters(k *Case) opinion {
	if len(k.File.Table.Clusters) < 2 {
		return opinion{stance: denies, why: "the file has one cluster"}
	}
	return opinion{}
}

// notSentBack: a client's requests have no cookie, and the answers to such requests set one. Both logs are needed: the
// access log has the clients, and only the log of the plug-in says that the answer set a session. Five such answers at
// least: each visitor has a first one.
func notSentBack(k *Case) opinion {
	switch {
	case k.Log == nil || k.Access == nil:
		return opinion{}
	case k.Access.WithoutCookie.Count > 0 && k.Log.NewCookie.Count >= 5:
		return opinion{stance: proves, why: "each answer sets a new session, and the client sends none back",
			seen: k.Access.WithoutCookie.Join(k.Log.NewCookie), share: k.Log.Share(k.Log.NewCookie.Count)}
	case k.Access.WithCookie > 0 && k.Access.WithoutCookie.Count == 0:
		return opinion{stance: denies, why: "clients send their cookies"}
	}
	return opinion{}
}

// limitedOrBackup: affinity passes over a member that is full (R23), and looks at the primary list alone (R39).
func limitedOrBackup(k *Case) opinion {
	if o := limited(k); o.stance == allows {
		return o
	}
	return either(k.File.MembersThat(func(c *match.Cluster, id match.MemberID, _ *match.Member) bool {
		return c.Role(id) == "backup"
	}, "is a backup"), "backups keep no sessions while a primary is up", "no member has MaxConnections or is a backup")
}

// wentBack: the cookie was not changed by the take-over, since the new member's clone ID was found in it already, as
// the beginning of the old one's (S10). So the file must have such a pair (WP313), whatever the log says.
func wentBack(k *Case) opinion {
	if k.Access == nil || k.File == nil || k.File.Found(diag.CloneIDPrefix).Count == 0 {
		return opinion{}
	}
	return proven("sessions went back with the cookie of before",
		k.Access.Returns, facts.ShareOf(k.Access.Returns.Count, k.Access.WithCookie))
}
