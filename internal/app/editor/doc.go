// Package editor answers what an editor asks about a plugin-cfg.xml, a topology or a test suite while it is written:
// what stands at a place, where a name is defined and used, what may be written there, who else takes the requests of
// a Uri, which edits rename a thing or silence a finding.
//
// It knows the text and what other rooms say about it: elements and attributes are the parser's table, keys of YAML
// are those of package schemas, pages those of internal/reference, who wins is routecheck's answer. It knows nothing
// of the protocol of editors, of lines and columns, and of findings: those are package checks'.
//
// Places are byte offsets into the text, and a place stands between two bytes. Start with document.go, for YAML with
// yaml.go.
package editor
