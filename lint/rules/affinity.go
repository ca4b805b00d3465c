package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var affinityRules = []*lint.Rule{
	cloneIDCollision, cloneIDReusedAcrossClusters, cloneIDMissing, cloneIDCharacters,
	separatorDiffers, affinityCookieDiffersOnOverlap, sameAddressTwoCloneIDs, sameAddressTwice,
	cloneIDCollisionAfterMerge, cloneIDWrongFormat, affinityCookieDiffersInCluster,
}

// cloneAt is a clone ID where it is written.
type cloneAt struct {
	pass    *pass
	cluster *parser.ServerCluster
	server  *parser.Server
}

var cloneIDCollision = &lint.Rule{
	Code: diag.CloneIDCollision, Name: "clone-id-collision", Category: lint.Affinity, Severity: diag.Error,
	Check:      on(checkCollision),
	Subjects:   []string{"Server/CloneID"},
	Suppresses: []string{diag.CloneIDReusedAcrossClusters, diag.CloneIDCollisionAfterMerge},
	Doc: lint.Doc{
		Title: "Two servers of one cluster have one CloneID",
		Why: "The first of them in the list gets the sessions of both: users of the other are logged out, or " +
			"half of them. Copied profiles carry the same ID; IBM tells administrators to check by eye.",
		Bad: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c1\" Name=\"m2\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		Good: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		NearMiss: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"C1\" Name=\"m2\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		Source: "R22; IBM eXtreme Scale manual, page txsgenliberty",
	},
}

func checkCollision(p *pass) {
	for _, c := range p.Config.Clusters {
		first := map[string]*parser.Server{}
		for _, s := range c.Servers {
			id := s.CloneID.V
			if id == "" {
				continue
			}
			f := first[id]
			if f == nil {
				first[id] = s
				continue
			}
			if shareAddress(f, s) {
				continue // one JVM twice, which is WP308
			}
			p.Report(s.CloneID.Span(), "CloneID %q of server %q is already used by server %q on %s; sessions of one "+
				"reach the other",
				id, s.Name.V, f.Name.V, p.Where(f.CloneID.Span())).See(f.CloneID.Span(), "first used here%s",
				madeOn(id)).About(pair{f.Node, s.Node})
		}
	}
}

// reach is what a browser needs to send one cookie to a cluster: the host, and the cookie's name.
func (p *pass) cookies(c *parser.ServerCluster) (hosts, cookies map[string]bool) {
	hosts, cookies = map[string]bool{}, map[string]bool{}
	for _, r := range p.index.byRoute[c.Name.V] {
		if r.vhosts != nil {
			for _, h := range r.vhosts.Aliases {
				if a, err := parser.ParseAlias(h.Name.V); err == nil {
					hosts[a.Host] = true
				}
			}
		}
		if r.uris != nil {
			for _, u := range r.uris.Uris {
				cookies[u.AffinityCookie.V] = true
			}
		}
	}
	return hosts, cookies
}

func meet(a, b map[string]bool) bool {
	if len(b) < len(a) {
		a, b = b, a
	}
	for k := range a {
		if b[k] {
			return true
		}
	}
	return false
}

// meetHosts reports whether one browser host belongs to both; "*" takes every host.
func meetHosts(a, b map[string]bool) bool {
	return a["*"] || b["*"] || meet(a, b)
}

var cloneIDReusedAcrossClusters = &lint.Rule{
	Code: diag.CloneIDReusedAcrossClusters, Name: "clone-id-reused-across-clusters", Category: lint.Affinity,
	Severity: diag.Error, Check: on(checkReused),
	Subjects:  []string{"Server/CloneID"},
	Otherwise: "warning where no Route brings their cookies together today",
	Topology:  true,
	Doc: lint.Doc{
		Title: "Servers of two clusters have one CloneID and different addresses",
		Why: "A browser sends one cookie to both clusters when they share an alias and the cookie's name: the " +
			"session of application A's member is looked for in B's. An error where one cookie reaches both, else a " +
			"warning.",
		Bad:      twoClusters("c1", "c1", "JSESSIONID"),
		Good:     twoClusters("c1", "c2", "JSESSIONID"),
		NearMiss: sameAddressTwoClusters,
		Source:   "R21, R22",
	},
}

func checkReused(p *pass) {
	first := map[string]cloneAt{}
	type ends struct{ hosts, cookies map[string]bool }
	known := map[*parser.ServerCluster]ends{}
	of := func(c *parser.ServerCluster) ends {
		e, ok := known[c]
		if !ok {
			e.hosts, e.cookies = p.cookies(c)
			known[c] = e
		}
		return e
	}
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			id := s.CloneID.V
			if id == "" {
				continue
			}
			f, seen := first[id]
			if !seen {
				first[id] = cloneAt{p, c, s}
				continue
			}
			if f.cluster == c || shareAddress(f.server, s) {
				continue
			}
			a, b := of(f.cluster), of(c)
			d := p.Report(s.CloneID.Span(), "CloneID %q of server %q is already used by server %q of cluster %q on "+
				"%s, at another address",
				id, s.Name.V, f.server.Name.V, f.cluster.Name.V, p.Where(f.server.CloneID.Span())).
				See(f.server.CloneID.Span(), "first used here%s", madeOn(id)).About(pair{f.server.Node, s.Node})
			if meetHosts(a.hosts, b.hosts) && meet(a.cookies, b.cookies) {
				d.Message += "; both clusters get one cookie of the browser, and a session that says it belongs " +
					"here is looked for there"
			} else {
				d.As(diag.Warning)
				d.Message += "; no alias shares their cookie today, one new Route can change that"
			}
		}
	}
}

var cloneIDMissing = &lint.Rule{
	Code: diag.CloneIDMissing, Name: "clone-id-missing", Category: lint.Affinity, Severity: diag.Error,
	Check:     on(checkMissingClone),
	Subjects:  []string{"Server/CloneID", "ClusterAddress"},
	Otherwise: "warning where no server of the cluster has one",
	Topology:  true,
	Doc: lint.Doc{
		Title: "Servers of a cluster with several members, or a ClusterAddress, have no CloneID",
		Why: "Without it there is no affinity to a server, without any message: sessions held in memory are " +
			"lost at random. An error when some servers have one, a warning when none has (applications without " +
			"sessions need none).",
		Bad: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n" +
			"</ServerCluster>",
		Good: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		NearMiss: "<ServerCluster Name=\"shop\">\n  <Server Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		Source: "IBM technote \"CloneID\" (V4); R25",
	},
}

func checkMissingClone(p *pass) {
	for _, c := range p.clusters() {
		if len(c.Servers) < 2 && c.ClusterAddress == nil || len(c.Servers) == 0 {
			continue
		}
		with := 0
		for _, s := range c.Servers {
			if s.CloneID.V != "" {
				with++
			}
		}
		switch {
		case with == len(c.Servers):
		case with == 0:
			// Which of the servers the administrator thought of is unknown: one finding for the cluster, silent when
			// each is misspelt.
			f := p.Report(at(c.Name, c.Node), "no server of cluster %q has a CloneID; affinity is off, and sessions "+
				"held in memory are lost at random (R25)", c.Name.V).As(diag.Warning)
			for _, s := range c.Servers {
				f.About(attr{s.Node, "CloneID"})
			}
		default:
			p.missingSome(c, with)
		}
	}
}

func (p *pass) missingSome(c *parser.ServerCluster, with int) {
	for _, s := range c.Servers {
		if s.CloneID.Set() {
			continue // an empty one is WP304
		}
		p.Report(at(s.Name, s.Node), "server %q has no CloneID while %d of %d servers of cluster %q have one; its "+
			"sessions are balanced away and lost at random (R25)",
			s.Name.V, with, len(c.Servers), c.Name.V).About(attr{s.Node, "CloneID"})
	}
}

var cloneIDCharacters = &lint.Rule{
	Code: diag.CloneIDCharacters, Name: "clone-id-characters", Category: lint.Affinity, Severity: diag.Error,
	Check:      on(checkCloneCharacters),
	Subjects:   []string{"Server/CloneID", "ServerCluster/CloneSeparatorChange"},
	Otherwise:  "warning for one that is empty, or that the separator does not cut",
	Suppresses: []string{diag.CloneIDWrongFormat},
	Doc: lint.Doc{
		Title: "A CloneID holds the separator of clone IDs, white space, or nothing",
		Why: "The session cookie is cut at the separator, so the ID never matches. An error for the separator " +
			"in use, a warning for the other, for white space and for an empty ID.",
		Bad:      "<Server CloneID=\"c1:a\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
		Good:     "<Server CloneID=\"c1-a\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
		NearMiss: "<Server CloneID=\"c1_a.b-c\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
		Source:   "R21; documented: neither : nor +",
	},
}

func checkCloneCharacters(p *pass) {
	for _, c := range p.Config.Clusters {
		separator := ":"
		if c.CloneSeparatorChange.V {
			separator = "+"
		}
		for _, s := range c.Servers {
			id := s.CloneID.V
			switch {
			case !s.CloneID.Set():
			case id == "":
				if len(c.Servers) > 1 || c.ClusterAddress != nil {
					p.Report(s.CloneID.Span(), "CloneID of server %q is empty; there is no affinity to this server",
						s.Name.V).As(diag.Warning)
				}
			case strings.Contains(id, separator):
				p.Report(s.CloneID.Span(), "CloneID %q of server %q holds %q, which separates clone IDs in a "+
					"session cookie; it is cut there and never matches (R21)", id, s.Name.V,
					separator).About(attr{s.Node, "CloneID"})
			case strings.ContainsAny(id, ":+ \t\n\r"):
				p.Report(s.CloneID.Span(), "CloneID %q of server %q holds \":\", \"+\" or white space, which a "+
					"clone ID must not; affinity to it may not work", id,
					s.Name.V).As(diag.Warning).About(attr{s.Node, "CloneID"})
			}
		}
	}
}

var separatorDiffers = &lint.Rule{
	Code: diag.SeparatorDiffers, Name: "separator-differs", Category: lint.Affinity, Severity: diag.Warning,
	Check:    on(checkSeparators),
	Subjects: []string{"ServerCluster/CloneSeparatorChange"},
	Doc: lint.Doc{
		Title: "CloneSeparatorChange differs between clusters that share a host and a cookie",
		Why: "A cookie written with + is read with : and names no clone: affinity is lost where the browser " +
			"moves from one application to the other.",
		Bad:      twoClustersWith(`CloneSeparatorChange="true" `, ""),
		Good:     twoClustersWith(`CloneSeparatorChange="true" `, `CloneSeparatorChange="true" `),
		NearMiss: twoClustersWith(`CloneSeparatorChange="false" `, ""),
		Source:   "APAR PM56332",
	},
}

func checkSeparators(p *pass) {
	type user struct {
		cluster *parser.ServerCluster
		change  bool
	}
	type sent struct{ host, cookie string } // by a browser, to each of the clusters there
	first := map[sent]user{}
	cookies := map[*parser.ServerCluster][]string{}
	reported := map[*parser.ServerCluster]bool{}
	for _, a := range p.routedHosts() {
		c := a.route.cluster
		if c == nil || len(c.Servers) == 0 || len(first) > maxWork {
			continue
		}
		if cookies[c] == nil {
			_, names := p.cookies(c)
			sorted := slices.Sorted(maps.Keys(names))
			cookies[c] = sorted[:min(len(sorted), maxCookies)]
		}
		for _, name := range cookies[c] {
			f, seen := first[sent{a.host, name}]
			if !seen {
				first[sent{a.host, name}] = user{c, c.CloneSeparatorChange.V}
			} else if f.change != c.CloneSeparatorChange.V && !reported[c] {
				reported[c] = true
				p.Report(at(c.CloneSeparatorChange, c.Node), "CloneSeparatorChange of cluster %q differs from that "+
					"of cluster %q on %s, and both get cookie %q of host %q; written with one separator and read "+
					"with the other it names no clone",
					c.Name.V, f.cluster.Name.V, p.Where(at(f.cluster.CloneSeparatorChange, f.cluster.Node)), name,
					a.host).
					See(at(f.cluster.CloneSeparatorChange, f.cluster.Node), "the other cluster")
			}
		}
	}
}

const maxCookies = 100 // of a cluster that are compared

type routedHost struct {
	host  string
	route *routed
}

// routedHosts lists the hosts of each Route, each host once for a group and cluster.
func (p *pass) routedHosts() []routedHost {
	type use struct {
		group   *parser.VirtualHostGroup
		cluster *parser.ServerCluster
	}
	var out []routedHost
	done := map[use]bool{}
	for i := range p.index.routes {
		r := &p.index.routes[i]
		if r.vhosts == nil || done[use{r.vhosts, r.cluster}] || len(out) > maxWork {
			continue
		}
		done[use{r.vhosts, r.cluster}] = true
		seen := map[string]bool{}
		for _, h := range r.vhosts.Aliases {
			if a, err := parser.ParseAlias(h.Name.V); err == nil && !seen[a.Host] {
				seen[a.Host] = true
				out = append(out, routedHost{a.Host, r})
			}
		}
	}
	return out
}

// maxWork bounds what a rule looks at in files made to be expensive; real files stay far below.
const maxWork = 1 << 20

var sameAddressTwoCloneIDs = &lint.Rule{
	Code: diag.SameAddressTwoCloneIDs, Name: "same-address-two-clone-ids", Category: lint.Affinity,
	Severity: diag.Error, Check: on(checkSameAddressIDs),
	Subjects:   []string{"Server/CloneID", "Transport/Hostname", "Transport/Port"},
	Suppresses: []string{diag.SameAddressTwice},
	Doc: lint.Doc{
		Title: "One address stands in two servers with different CloneIDs",
		Why: "One of the two IDs is stale: the server behind the address knows only one, and the sessions that " +
			"name the other look foreign.",
		Bad: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"H1\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		Good: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		NearMiss: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h1\" " +
			"Port=\"9081\"/></Server>\n</ServerCluster>",
		Source: "follows from R22",
	},
}

func checkSameAddressIDs(p *pass) {
	for _, c := range p.Config.Clusters {
		first := map[string]*parser.Server{}
		for _, s := range c.Servers {
			for _, t := range s.Transports {
				f := first[address(t)]
				switch {
				case !t.Hostname.Set() || !t.Port.Set():
				case f == nil:
					first[address(t)] = s
				case f != s && f.CloneID.V != s.CloneID.V && f.CloneID.V != "" && s.CloneID.V != "":
					p.Report(s.CloneID.Span(), "servers %q and %q (%s) have one address, %s, and different "+
						"CloneIDs; one of the two is stale, its sessions look foreign",
						s.Name.V, f.Name.V, p.Where(f.CloneID.Span()), address(t)).See(f.CloneID.Span(),
						"the other CloneID").About(pair{f.Node, s.Node})
				}
			}
		}
	}
}

var sameAddressTwice = &lint.Rule{
	Code: diag.SameAddressTwice, Name: "same-address-twice", Category: lint.Affinity, Severity: diag.Warning,
	Check:    on(checkSameAddress),
	Subjects: []string{"Transport/Hostname", "Transport/Port"},
	Doc: lint.Doc{
		Title: "One address stands in two members of a cluster",
		Why: "One JVM gets a double share of the load and two marks that know nothing of each other. It was " +
			"once shown as a trick for weights; LoadBalanceWeight does that better.",
		Bad: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c1\" Name=\"m2\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		Good: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server>\n</ServerCluster>",
		NearMiss: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h1\" " +
			"Port=\"9090\"/></Server>\n</ServerCluster>",
		Source: "V4 technote 1104515",
	},
}

func checkSameAddress(p *pass) {
	for _, c := range p.Config.Clusters {
		first := map[string]*parser.Server{}
		done := map[pair]bool{}
		for _, s := range c.Servers {
			for _, t := range s.Transports {
				f := first[address(t)]
				if f == nil {
					first[address(t)] = s
				}
				if f == nil || f == s || !t.Hostname.Set() || done[pair{f, s}] {
					continue
				}
				done[pair{f, s}] = true
				p.Report(at(t.Hostname, t.Node), "server %q has the same address %s as server %q on %s; one JVM "+
					"gets a double share of the load and two marks",
					s.Name.V, address(t), f.Name.V, p.Where(f.Node.NameSpan)).See(f.Node.Tag,
					"the other server").About(pair{f.Node, s.Node})
			}
		}
	}
}

// cloneIndex lists every clone ID of the run, made once.
func (p *pass) cloneIndex() map[string][]cloneAt {
	first := of(p.Run[0])
	if first.index.clones == nil {
		first.index.clones = map[string][]cloneAt{}
		for _, q := range p.Run {
			for _, c := range q.Config.Clusters {
				for _, s := range c.Servers {
					if id := s.CloneID.V; id != "" {
						first.index.clones[id] = append(first.index.clones[id], cloneAt{of(q), c, s})
					}
				}
			}
		}
	}
	return first.index.clones
}

var cloneIDCollisionAfterMerge = &lint.Rule{
	Code: diag.CloneIDCollisionAfterMerge, Name: "clone-id-collision-after-merge", Category: lint.Affinity,
	Severity: diag.Error, Check: on(checkAcrossFiles),
	Subjects: []string{"Server/CloneID"},
	Doc: lint.Doc{
		Title: "Two files that are checked together have one CloneID at different addresses",
		Why: "A merge copies the IDs unchecked; copied profiles carry the same one. Files whose clusters share a " +
			"host and a cookie name then send sessions of one to the other. One ID at one address is fine. Looked " +
			"at are files of one folder, of one command line and of one group in the settings; --across says so " +
			"otherwise, for files of many web servers or versions of one file.",
		Source: "observed in merge tools, OpenLiberty/open-liberty#24584 and #35345",
	},
}

// checkAcrossFiles reports, in the later of two files, the clone IDs that a merge of both would make collide: once for
// the two files, for what was copied was copied as a whole.
func checkAcrossFiles(p *pass) {
	if len(p.Run) < 2 {
		return
	}
	first, more := map[*pass]func(others int){}, map[*pass]int{}
	var order []*pass
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			o, found := p.collides(c, s)
			switch {
			case !found:
			case first[o.pass] != nil:
				more[o.pass]++
			default:
				order = append(order, o.pass)
				first[o.pass] = func(others int) { p.tellCollision(s, o.server, others) }
			}
		}
	}
	for _, other := range order {
		first[other](more[other])
	}
}

// collides finds a server of an earlier file of the group whose clone ID is that of s, at another address, and whose
// sessions meet those of s.
func (p *pass) collides(c *parser.ServerCluster, s *parser.Server) (cloneAt, bool) {
	same := p.cloneIndex()[s.CloneID.V]
	for _, o := range same {
		if o.pass == p || len(same) > 1000 {
			break // files are in order: those behind report it themselves
		}
		if !p.Grouped(o.pass.Pass) || addressesOf(o.server) == addressesOf(s) || shareAddress(o.server, s) {
			continue
		}
		h1, c1 := p.cookies(c)
		h2, c2 := o.pass.cookies(o.cluster)
		if meetHosts(h1, h2) && meet(c1, c2) {
			return o, true
		}
	}
	return cloneAt{}, false
}

func (p *pass) tellCollision(s, o *parser.Server, others int) {
	also := ""
	if others > 0 {
		also = ", as are " + strconv.Itoa(others) + " more of this file"
	}
	p.Report(s.CloneID.Span(), "CloneID %q of server %q is also that of server %q in %s, at another address%s; "+
		"merged into one file, sessions of one reach the other",
		s.CloneID.V, s.Name.V, o.Name.V, p.Where(o.CloneID.Span()), also).
		See(o.CloneID.Span(), "the other server%s", madeOn(s.CloneID.V)).About(pair{o.Node, s.Node})
}

var cloneIDWrongFormat = &lint.Rule{
	Code: diag.CloneIDWrongFormat, Name: "clone-id-wrong-format", Category: lint.Affinity, Severity: diag.Warning,
	Check:     on(checkCloneFormat),
	Subjects:  []string{"Server/CloneID"},
	Otherwise: "info where only the form differs from the others",
	Doc: lint.Doc{
		Title: "A CloneID looks mistyped, cut, or like a placeholder",
		Why: "An ID that does not equal the server's own gives no affinity. Known forms: a clock in base 32 " +
			"(traditional servers), a UUID (Liberty), set by hand. IDs set by hand in a cluster of several servers, " +
			"and several forms in one cluster, are only mentioned.",
		Bad:  "<Server CloneID=\"placeholder\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
		Good: "<Server CloneID=\"1b2c3d4e5\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
		NearMiss: "<Server CloneID=\"a0aaea8c-3251-45bb-87bb-f8b09169c03c\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>",
		Source: "computed from published IDs",
	},
}

func checkCloneFormat(p *pass) {
	for _, c := range p.Config.Clusters {
		forms := map[string]*parser.Server{}
		var order []string
		same := 0 // servers whose ID has the form of one before
		for _, s := range c.Servers {
			id := s.CloneID.V
			if id == "" {
				continue
			}
			form := parseCloneID(id)
			if problem := form.problem(p.Options); problem != "" {
				p.Report(s.CloneID.Span(), "CloneID %q of server %q %s; an ID that is not the server's own gives no "+
					"affinity", id, s.Name.V, problem).About(attr{s.Node, "CloneID"})
				continue
			}
			if forms[form.Form] != nil {
				same++
				continue
			}
			order, forms[form.Form] = append(order, form.Form), s
		}
		switch {
		case len(order) > 1:
			first := forms[order[0]].CloneID.Span()
			p.Report(forms[order[1]].CloneID.Span(), "the CloneIDs%s are of different forms, %s here and %s on %s; "+
				"usually one of them was typed by hand",
				ofCluster(c), order[1], order[0], p.Where(first)).As(diag.Info).See(first,
				"another form").About(attr{forms[order[1]].Node, "CloneID"}, attr{forms[order[0]].Node, "CloneID"})
		// one server alone needs no affinity
		case forms[byHand] != nil && (len(c.Servers) > 1 || c.ClusterAddress != nil):
			s := forms[byHand]
			p.Report(s.CloneID.Span(), "CloneID %q of server %q%s%s %s set by hand; each must be set on its server "+
				"too (HttpSessionCloneId, or cloneId of Liberty's httpSession), or there is no affinity",
				s.CloneID.V, s.Name.V, others(same), ofCluster(c), ifElse(same > 0, "are",
					"is")).As(diag.Info).About(attr{s.Node, "CloneID"})
		}
	}
}

var affinityCookieDiffersInCluster = &lint.Rule{
	Code: diag.AffinityCookieDiffersInCluster, Name: "affinity-cookie-differs-in-cluster", Category: lint.Affinity,
	Severity: diag.Info, Check: on(checkCookieInCluster),
	Subjects: []string{"Uri/AffinityCookie", "Uri/AffinityURLIdentifier"},
	Doc: lint.Doc{
		Title: "Uris of one cluster use different affinity cookies",
		Why: "Right when applications have cookies of their own; otherwise one of them lost its affinity. " +
			"Liberty learns the names of cookies late.",
		Bad: "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n" +
			"  <Uri Name=\"/other/*\"/>\n</UriGroup>",
		Good: "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n" +
			"  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/other/*\"/>\n</UriGroup>",
		NearMiss: "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"JSESSIONID\" Name=\"/shop/*\"/>\n" +
			"  <Uri Name=\"/other/*\"/>\n</UriGroup>",
		Source: "R4",
	},
}

func checkCookieInCluster(p *pass) {
	for _, c := range p.clusters() {
		var first *parser.Uri
		differs := map[string]bool{}
		for _, r := range p.index.byRoute[c.Name.V] {
			if r.uris == nil {
				continue
			}
			for _, u := range r.uris.Uris {
				if first == nil {
					first = u
				}
				if u.AffinityCookie.V == first.AffinityCookie.V || differs[u.AffinityCookie.V] {
					continue
				}
				differs[u.AffinityCookie.V] = true
				p.Report(at(u.AffinityCookie, u.Node), "AffinityCookie %q differs from %q on %s, both for cluster "+
					"%q; right when the applications have cookies of their own, else one of them lost its affinity",
					u.AffinityCookie.V, first.AffinityCookie.V, p.Where(at(first.AffinityCookie, first.Node)),
					c.Name.V).
					See(at(first.AffinityCookie, first.Node), "the other cookie").
					About(attr{u.Node, "AffinityCookie"}, attr{first.Node, "AffinityCookie"})
			}
		}
	}
}

// ofCluster names a cluster in a message; in a fragment it may have no name.
func ofCluster(c *parser.ServerCluster) string {
	if c.Name.V == "" {
		return ""
	}
	return " of cluster " + quote(c.Name.V)
}
