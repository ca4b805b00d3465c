package try

import "github.com/wasplug/wasplug/parser"

func Leads(u *parser.Uri, path string) bool { return u.Name.V == path }

func Serves(h *parser.VirtualHost, host string) bool { return h.Name.V == host }

func Holds(s *parser.Server, clone string) bool { return s.CloneID.V == clone }

func IsNoName(s *parser.Server) string { return s.Name.V }
