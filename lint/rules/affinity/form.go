package affinity

import (
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.CloneIDMissing, Name: "clone-id-missing", Category: lint.Affinity, Severity: diag.Error,
	Check:     check.On(checkMissingClone),
	Subjects:  []string{"Server/CloneID", "ClusterAddress"},
	Otherwise: "warning where no server of the cluster has one",
	Topology:  true,
	Doc: lint.Doc{
		Title: "Servers of a cluster with several members, or a ClusterAddress, have no CloneID",
		Why: "Without it there is no affinity to a server, without any message: sessions held in memory are " +
			"lost at random. An error when some servers have one, a warning when none has (applications without " +
			"sessions need none).",
		Bad: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		Good: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		NearMiss: `<ServerCluster Name="shop">
  <Server Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
</ServerCluster>`,
		Source: "IBM technote \"CloneID\" (V4); R25",
	},
})

// checkMissingClone leaves out a cluster of one server without a ClusterAddress: whatever comes goes to it.
func checkMissingClone(p *check.Pass) {
	for _, c := range p.Clusters() {
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
			f := p.Report(check.At(c.Name, c.Node), "no server of cluster %q has a CloneID; affinity is off, and "+
				"sessions held in memory are lost at random (R25)", c.Name.V).
				As(diag.Warning)
			for _, s := range c.Servers {
				f.About(check.Attr(s.Node, "CloneID"))
			}
		default:
			missingSome(p, c, with)
		}
	}
}

// missingSome reports each server that lacks an ID while others have one.
func missingSome(p *check.Pass, c *parser.ServerCluster, with int) {
	for _, s := range c.Servers {
		if s.CloneID.Set() {
			continue // an empty one is WP304
		}
		p.Report(check.At(s.Name, s.Node), "server %q has no CloneID while %d of %d servers of cluster %q have "+
			"one; its sessions are balanced away and lost at random (R25)", s.Name.V, with, len(c.Servers),
			c.Name.V).
			About(check.Attr(s.Node, "CloneID"))
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.CloneIDCharacters, Name: "clone-id-characters", Category: lint.Affinity, Severity: diag.Error,
	Check:           check.On(checkCloneCharacters),
	Subjects:        []string{"Server/CloneID", "ServerCluster/CloneSeparatorChange"},
	Otherwise:       "warning for one that is empty, or that the separator does not cut",
	Suppresses:      []string{diag.CloneIDWrongFormat},
	NeedsWellFormed: true,
	Doc: lint.Doc{
		Title: "A CloneID holds the separator of clone IDs, white space, or nothing",
		Why: "The session cookie is cut at the separator, so the ID never matches. An error for the separator " +
			"in use, a warning for the other, for white space and for an empty ID.",
		Bad:      `<Server CloneID="c1:a" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		Good:     `<Server CloneID="c1-a" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		NearMiss: `<Server CloneID="c1_a.b-c" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		Source:   "R21; documented: neither : nor +",
	},
})

// checkCloneCharacters knows the separator of the cluster (CloneSeparatorChange, R21). The other one, and white space,
// are warnings: a clone ID must not have them, and what the plug-in makes of them is not known.
func checkCloneCharacters(p *check.Pass) {
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
						s.Name.V).
						As(diag.Warning)
				}
			case strings.Contains(id, separator):
				p.Report(s.CloneID.Span(), "CloneID %q of server %q holds %q, which separates clone IDs in a "+
					"session cookie; it is cut there and never matches (R21)", id, s.Name.V, separator).
					About(check.Attr(s.Node, "CloneID"))
			case strings.ContainsAny(id, ":+ \t\n\r"):
				p.Report(s.CloneID.Span(), "CloneID %q of server %q holds \":\", \"+\" or white space, which a "+
					"clone ID must not; affinity to it may not work", id, s.Name.V).
					As(diag.Warning).
					About(check.Attr(s.Node, "CloneID"))
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.CloneIDWrongFormat, Name: "clone-id-wrong-format", Category: lint.Affinity, Severity: diag.Warning,
	Check:     check.On(checkCloneFormat),
	Subjects:  []string{"Server/CloneID"},
	Otherwise: "info where only the form differs from the others",
	Doc: lint.Doc{
		Title: "A CloneID looks mistyped, cut, or like a placeholder",
		Why: "An ID that does not equal the server's own gives no affinity. Known forms: a clock in base 32 " +
			"(traditional servers), a UUID (Liberty), set by hand. IDs set by hand in a cluster of several servers, " +
			"and several forms in one cluster, are only mentioned.",
		Bad:  `<Server CloneID="placeholder" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		Good: `<Server CloneID="1b2c3d4e5" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		NearMiss: "<Server CloneID=\"a0aaea8c-3251-45bb-87bb-f8b09169c03c\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>",
		Source: "computed from published IDs",
	},
})

// checkCloneFormat judges each ID by its form, and those of a cluster by each other: of several forms one is likely to
// be typed by hand. That is advice alone, and so is a cluster whose IDs are all set by hand, which is a usual way to
// do it.
func checkCloneFormat(p *check.Pass) {
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
				p.Report(s.CloneID.Span(), "CloneID %q of server %q %s; an ID that is not the server's own gives "+
					"no affinity", id, s.Name.V, problem).
					About(check.Attr(s.Node, "CloneID"))
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
			p.Report(forms[order[1]].CloneID.Span(), "the CloneIDs%s are of different forms, %s here and %s on "+
				"%s; usually one of them was typed by hand", check.OfCluster(c), order[1], order[0],
				p.Where(first)).
				As(diag.Info).
				See(first, "another form").
				About(check.Attr(forms[order[1]].Node, "CloneID"), check.Attr(forms[order[0]].Node, "CloneID"))
		// one server alone needs no affinity
		case forms[byHand] != nil && (len(c.Servers) > 1 || c.ClusterAddress != nil):
			s := forms[byHand]
			p.Report(s.CloneID.Span(), "CloneID %q of server %q%s%s %s set by hand; each must be set on its "+
				"server too (HttpSessionCloneId, or cloneId of Liberty's httpSession), or there is no affinity",
				s.CloneID.V, s.Name.V, check.Others(same), check.OfCluster(c), check.IfElse(same > 0, "are", "is")).
				As(diag.Info).
				About(check.Attr(s.Node, "CloneID"))
		}
	}
}
