package parser

// Trim lets go of the tree, and of where each attribute stands whose value others have, too: most of what a large file
// takes in memory. What asks for as long as a log lasts reads the view alone. Nothing may be written, linted, edited
// or compiled afterwards.
func (c *Config) Trim() {
	if c.Doc != nil {
		trim(c.Doc.Nodes)
	}
	t := trimmer{}
	for _, g := range c.VirtualHostGroups {
		g.Node = nil
		t.own(&g.Name.At)
		for _, a := range g.Aliases {
			a.Node = nil
			t.own(&a.Name.At)
		}
	}
	for _, sc := range c.Clusters {
		t.cluster(sc)
	}
	for _, g := range c.UriGroups {
		g.Node = nil
		t.own(&g.Name.At)
		for _, u := range g.Uris {
			u.Node = nil
			t.own(&u.Name.At)
			t.share(&u.AffinityCookie.At, &u.AffinityURLIdentifier.At)
		}
	}
	for _, r := range c.Routes {
		r.Node = nil
		t.own(&r.VirtualHostGroup.At, &r.UriGroup.At, &r.ServerCluster.At)
	}
}

// trimmer moves attributes out of the blocks in which they were read: such a block lives as long as one of it is in
// use. It has one for each value that many have.
type trimmer map[[2]string]*Attr // by name and value

// own gives attributes memory of their own: those whose values differ from element to element.
func (trimmer) own(all ...**Attr) {
	for _, at := range all {
		if *at != nil {
			own := **at
			*at = &own
		}
	}
}

// share makes attributes of the same name and value one.
func (t trimmer) share(all ...**Attr) {
	for _, at := range all {
		if *at == nil {
			continue
		}
		key := [2]string{(*at).Name, (*at).Value}
		if t[key] == nil {
			t.own(at)
			t[key] = *at
		}
		*at = t[key]
	}
}

func (t trimmer) cluster(sc *ServerCluster) {
	sc.Node = nil
	t.own(&sc.Name.At)
	t.share(&sc.LoadBalance.At, &sc.RetryInterval.At, &sc.IgnoreAffinityRequests.At, &sc.RemoveSpecialHeaders.At,
		&sc.CloneSeparatorChange.At, &sc.PostSizeLimit.At, &sc.PostBufferSize.At, &sc.GetDWLMTable.At,
		&sc.ServerIOTimeoutRetry.At)
	for _, s := range sc.Servers {
		t.server(s)
	}
	if sc.ClusterAddress != nil {
		t.server(sc.ClusterAddress)
	}
	for _, list := range [...]*ServerList{sc.Primary, sc.Backup} {
		if list == nil {
			continue
		}
		list.Node = nil
		for _, r := range list.Servers {
			r.Node = nil
			t.share(&r.Name.At)
		}
	}
}

func (t trimmer) server(s *Server) {
	s.Node = nil
	t.own(&s.Name.At, &s.CloneID.At)
	t.share(&s.LoadBalanceWeight.At, &s.ConnectTimeout.At, &s.ServerIOTimeout.At, &s.WSIOTimeout.At,
		&s.WSIdleTimeout.At, &s.MaxConnections.At, &s.ExtendedHandshake.At, &s.WaitForContinue.At)
	for _, tr := range s.Transports {
		tr.Node = nil
		t.own(&tr.Hostname.At)
		t.share(&tr.Port.At, &tr.Protocol.At, &tr.ConnectionTTL.At)
		for _, p := range tr.Properties {
			p.Node = nil
			t.share(&p.Name.At, &p.Value.At)
		}
	}
}
