package editor

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// subject returns the one thing that the name at a place stands for; an error says why there is none.
func (y *YAML) subject(place int32) (at, thing mention, err error) {
	files := diag.NewFiles()
	// mentions goes by what could be read (readable). A rename that misses what it could not read would be worse than
	// none.
	if _, reports := yamldoc.Load(files, files.Add(y.files.Name(y.file), y.src)); len(reports) > 0 {
		return at, thing, diag.Errorf("the file cannot be read as a whole, so some of the names would stay: "+
			"line %d: %s", files.Start(reports[0].Span).Line, reports[0].Message)
	}
	all := y.mentions()
	i := slices.IndexFunc(all, func(m mention) bool { return m.at.File == y.file && touches(m.at, place) })
	if i < 0 {
		return at, thing, ErrNoName
	}
	at = all[i].piece(place)
	things := distinct(all, &at)
	switch {
	case len(things) == 0:
		return at, thing, diag.Errorf("no %s is called %q", at.kind, at.text)
	case len(things) > 1:
		return at, thing, diag.Errorf("%q may be %s, or %s", at.text, things[0].about, things[1].about)
	}
	return at, things[0], nil
}

// piece returns the cluster where a place is in that of CLUSTER/MEMBER, else the mention.
func (m mention) piece(place int32) mention {
	if cluster, _, ok := strings.Cut(m.written, "/"); ok && m.qualified() && place-m.at.Start <= int32(len(cluster)) {
		at := m.at
		at.End = at.Start + int32(len(cluster))
		return mention{kind: aCluster, text: cluster, written: cluster, at: at}
	}
	return m
}

// qualified reports whether a member is written with its cluster.
func (m *mention) qualified() bool {
	return !m.defines && m.kind == aMember && m.written == m.within+"/"+m.text
}

// distinct are the things that a mention may be of, each once however often it is defined.
func distinct(all []mention, m *mention) (things []mention) {
	for _, d := range all {
		if d.defines && m.means(&d) && !slices.ContainsFunc(things, d.same) {
			things = append(things, d)
		}
	}
	return things
}

// same reports whether two definitions are of one thing.
func (m *mention) same(other mention) bool {
	return m.kind == other.kind && m.text == other.text && m.within == other.within
}

// Renamable is that of [Document.Renamable].
func (y *YAML) Renamable(place int32) (diag.Span, error) {
	m, _, err := y.subject(place)
	if err != nil {
		return diag.Span{}, err
	}
	if name := m.at; m.qualified() && string(y.src[name.Start:name.End]) == m.written {
		name.Start = name.End - int32(len(m.text))
		return name, nil
	}
	return m.at, nil
}

// Rename returns the edits that give the thing at a place another name wherever the file names it; where a suite names
// what its configuration defines, those in the configuration, too. It refuses a name that something else has.
func (y *YAML) Rename(place int32, to string) ([]diag.Edit, error) {
	m, thing, err := y.subject(place)
	if err == nil {
		err = checkName(to, thing.kind == aClone)
	}
	if err != nil {
		return nil, err
	}
	if y.isSuite {
		return y.renameInSuite(&thing, to)
	}
	// At a definition only the name is written, at its uses NODE_NAME: what is renamed is the whole.
	if prefix, ok := strings.CutSuffix(m.text, m.written); ok && m.defines {
		to = prefix + to // a member is called by its node, too
	}
	return y.rename(&thing, to)
}

// rename gives a thing another name in the document.
func (y *YAML) rename(thing *mention, to string) (edits []diag.Edit, err error) {
	if err := refuseHost(thing, to); err != nil {
		return nil, err
	}
	all := y.mentions()
	for i := range all {
		m := &all[i]
		switch {
		case m.at.File != y.file:
		case m.means(thing):
			written, err := y.renamed(m, thing, to)
			if err != nil {
				return nil, err
			}
			edit := diag.Edit{Span: m.at, New: written}
			if !m.part {
				edit = y.edit(m.at, written)
			}
			edits = append(edits, edit)
		case m.qualified() && thing.kind == aCluster && m.within == thing.text:
			edits = append(edits, y.edit(m.at, to+"/"+m.text))
		}
	}
	return edits, nil
}

// hostsOfTheirOwn are virtual hosts that have defaults which others have not.
var hostsOfTheirOwn = []string{"default_host", "admin_host"}

// refuseHost refuses to take a name with a meaning of its own from a virtual host, or to give it.
func refuseHost(thing *mention, to string) error {
	for _, name := range []string{thing.text, to} {
		if thing.kind == aHost && to != thing.text && slices.Contains(hostsOfTheirOwn, name) {
			return diag.Errorf("the virtual host %s has defaults that no other has: rename it by hand", name)
		}
	}
	return nil
}

// renamed returns what is to be written at a mention of a thing for its new name. Before and after, the mention is of
// that thing alone.
func (y *YAML) renamed(m, thing *mention, to string) (string, error) {
	line := y.files.Start(m.at).Line
	if m.written == "" {
		return "", diag.Errorf("the member on line %d is called by its host: give it a name there first", line)
	}
	if len(distinct(y.mentions(), m)) > 1 {
		return "", diag.Errorf("%q on line %d may be another one: write CLUSTER/MEMBER there first", m.text, line)
	}
	after := *m
	after.text = to
	// An expectation in one word reads "declined" and a number as what became of the request.
	if m.kind == memberOrMore && (to == "declined" || strings.Trim(to, "0123456789") == "") {
		return "", diag.Errorf("on line %d %q would be no name", line, to)
	}
	if others := distinct(y.mentions(), &after); to != m.text && len(others) > 0 {
		return "", diag.Errorf("%q is the %s of another one on line %d%s", to, whatIs(m.kind),
			y.files.Start(others[0].at).Line, y.elsewhere(others[0].at))
	}
	switch {
	case m.part:
		return y.renamedPart(m, to)
	case m.qualified():
		return m.within + "/" + to, nil
	case !m.defines:
		return to, nil
	}
	node := strings.TrimSuffix(m.text, m.written)
	written, ok := strings.CutPrefix(to, node)
	if !ok || written == "" {
		return "", diag.Errorf("%q does not begin with %q, which the member on line %d has from its node", to, node,
			line)
	}
	return written, nil
}

// renameInSuite gives what the configuration defines another name there, too.
func (y *YAML) renameInSuite(thing *mention, to string) ([]diag.Edit, error) {
	// The suite's edits come first: the refusals of the configuration are about another file, and say so.
	edits, err := y.rename(thing, to)
	if err != nil {
		return nil, err
	}
	more, err := y.config.rename(thing.at.Start, to)
	if err != nil {
		return nil, diag.Errorf("in %s: %w", y.files.Name(y.config.file), err)
	}
	for i := range more {
		more[i].Span.File = y.config.file
	}
	return append(edits, more...), nil
}

// rename gives what is defined at a place another name.
func (c *configuration) rename(place int32, to string) ([]diag.Edit, error) {
	if c.xml != nil {
		return c.xml.Rename(place, to)
	}
	_, thing, err := c.yaml.subject(place)
	if err != nil {
		return nil, err
	}
	return c.yaml.rename(&thing, to)
}

// edit writes a text in place of a key or a scalar, within its quotes where it has some and they can hold it.
func (y *YAML) edit(at diag.Span, text string) diag.Edit {
	quote := byte(0)
	if at.Start > 0 && int(at.End) < len(y.src) && y.src[at.Start-1] == y.src[at.End] {
		quote = y.src[at.End]
	}
	switch {
	case quote != '"' && quote != '\'':
		text = yamldoc.Flow(yamldoc.NewText(text))
	case strings.ContainsAny(text, `"'\`):
		at.Start, at.End = at.Start-1, at.End+1
		text = yamldoc.Flow(yamldoc.NewText(text))
	}
	return diag.Edit{Span: at, New: text}
}
