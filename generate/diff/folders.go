package diff

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Pair is a file of one folder and the one of the other that stands for it, by their paths in the folders; "" for
// none.
type Pair struct {
	Old, New string
	Report   *Report // nil: there is Trouble
	Trouble  string  // why the two cannot be compared
}

// Folders is what two folders of files do differently.
type Folders struct {
	OldName, NewName string
	Pairs            []Pair
}

// Pairs pairs the files of two folders: those of one path, then those with the same aliases. The others stand alone,
// last.
// A file of another name with the same aliases is taken for the same web server's: a folder may be laid out anew.
func Pairs(old, new map[string]*parser.Config) []Pair {
	var pairs, gone []Pair
	left := maps.Clone(new)
	byAliases := map[string][]string{}
	for _, path := range slices.Sorted(maps.Keys(new)) {
		if old[path] == nil {
			key := aliasesOf(new[path])
			byAliases[key] = append(byAliases[key], path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(old)) {
		to := ""
		if key := aliasesOf(old[path]); new[path] != nil {
			to = path
		} else if same := byAliases[key]; key != "" && len(same) > 0 {
			to, byAliases[key] = same[0], same[1:]
		}
		if delete(left, to); to == "" {
			gone = append(gone, Pair{Old: path})
			continue
		}
		pairs = append(pairs, Pair{Old: path, New: to})
	}
	pairs = append(pairs, gone...)
	for _, path := range slices.Sorted(maps.Keys(left)) {
		pairs = append(pairs, Pair{New: path})
	}
	return pairs
}

// aliasesOf names the aliases of a file, in alphabetical order, "" for none.
// Files without an alias are never taken for each other: they would all be alike.
func aliasesOf(cfg *parser.Config) string {
	var all []string
	for _, g := range cfg.VirtualHostGroups {
		for _, a := range g.Aliases {
			all = append(all, strings.ToLower(a.Name.V))
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\n")
}

// Same reports whether no file differs from the one that it is paired with, and none stands alone.
func (f *Folders) Same() bool {
	return !slices.ContainsFunc(f.Pairs, func(p Pair) bool {
		return p.Report == nil || p.Old == "" || p.New == "" ||
			!p.Report.Same()
	})
}

// name is what a pair is called.
func (f *Folders) name(p Pair) string {
	switch {
	case p.New == "":
		return p.Old + " (only in " + f.OldName + ")"
	case p.Old == "":
		return p.New + " (only in " + f.NewName + ")"
	case p.Old != p.New:
		return p.Old + " -> " + p.New
	}
	return p.Old
}

func (p *Pair) verdict() string {
	if p.Report == nil {
		return "cannot be compared: " + p.Trouble
	}
	return p.Report.headline()
}

// Write prints a line for each pair, and below the reports of those that differ. The JSON holds everything.
func (f *Folders) Write(w io.Writer, files *diag.Files, format string, o Options) error {
	if format == "json" {
		return f.json(w, files)
	}
	var out strings.Builder
	for i, p := range f.Pairs {
		line, end := f.name(p)+": "+p.verdict(), "\n"
		if format == "markdown" {
			line = "- " + Mark(line)
			if i == len(f.Pairs)-1 {
				end = "\n\n"
			}
		}
		out.WriteString(line + end)
	}
	for _, p := range f.Pairs {
		if p.Report == nil || p.Report.Same() {
			continue
		}
		if format == "markdown" {
			fmt.Fprintf(&out, "## %s\n\n", Mark(f.name(p)))
		} else {
			fmt.Fprintf(&out, "\n%s: ", f.name(p))
		}
		if err := p.Report.Write(&out, files, format, o); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// The JSON of folders: null stands for a file that is not there, and for a report that could not be made.
type (
	jsonFolders struct {
		Version int        `json:"version"`
		Same    bool       `json:"same"`
		Pairs   []jsonPair `json:"pairs"`
	}
	jsonPair struct {
		Old     *string     `json:"old"`
		New     *string     `json:"new"`
		Trouble *string     `json:"trouble"`
		Report  *jsonReport `json:"report"`
	}
)

func (f *Folders) json(w io.Writer, files *diag.Files) error {
	out := jsonFolders{Version: 2, Same: f.Same(), Pairs: []jsonPair{}}
	unless := func(text string) *string {
		if text == "" {
			return nil
		}
		return &text
	}
	for _, p := range f.Pairs {
		j := jsonPair{Old: unless(p.Old), New: unless(p.New), Trouble: unless(p.Trouble)}
		if p.Report != nil {
			report := p.Report.jsonReport(files)
			j.Report = &report
		}
		out.Pairs = append(out.Pairs, j)
	}
	return printJSON(w, out)
}

// printJSON leaves <, > and & as they are: messages hold elements.
func printJSON(w io.Writer, what any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(what)
}
