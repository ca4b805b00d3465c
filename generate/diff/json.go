package diff

import (
	"io"
	"math"

	"github.com/wasplug/wasplug/parser/diag"
)

// The JSON of the schema "diff". A place is null where nothing stands; a share where there is none, as JSON has no
// NaN; an old or new value where that file says nothing, while "" is an element that is there.
type (
	jsonReport struct {
		Version      int               `json:"version"`
		Same         bool              `json:"same"`
		Complete     bool              `json:"complete"`
		Summary      string            `json:"summary"`
		Consequences []jsonConsequence `json:"consequences"`
		Requests     []jsonClass       `json:"requests"`
		LostClones   []jsonClone       `json:"lostCloneIds"`
		Attributes   []jsonChange      `json:"attributes"`
	}
	jsonConsequence struct {
		Kind    string     `json:"kind"`
		Cluster string     `json:"cluster"`
		Member  string     `json:"member"`
		Text    string     `json:"text"`
		Share   *float64   `json:"share"`
		Before  *float64   `json:"shareBefore"`
		Old     *jsonPlace `json:"old"`
		New     *jsonPlace `json:"new"`
	}
	jsonClass struct {
		URL   string     `json:"url"`
		Asked int        `json:"asked"`
		Old   jsonTarget `json:"old"`
		New   jsonTarget `json:"new"`
	}
	jsonTarget struct {
		Declined bool       `json:"declined"`
		Cluster  string     `json:"cluster"`
		Members  []string   `json:"members"`
		At       *jsonPlace `json:"at"`
	}
	jsonClone struct {
		CloneID string     `json:"cloneId"`
		Server  string     `json:"server"`
		Cluster string     `json:"cluster"`
		At      *jsonPlace `json:"at"`
	}
	jsonChange struct {
		Subject string     `json:"subject"`
		Old     *string    `json:"old"`
		New     *string    `json:"new"`
		OldAt   *jsonPlace `json:"oldAt"`
		NewAt   *jsonPlace `json:"newAt"`
	}
	jsonPlace struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
	}
)

func jsonPlaceOf(files *diag.Files, s diag.Span) *jsonPlace {
	if s.IsZero() {
		return nil
	}
	p := files.Start(s)
	return &jsonPlace{p.File, p.Line, p.Column}
}

func jsonSide(files *diag.Files, t Target) jsonTarget {
	return jsonTarget{t.Declined, t.Cluster, append([]string{}, t.Members...), jsonPlaceOf(files, t.At)}
}

// jsonShare rounds to a millionth, so that the last bits of a sum are no difference.
func jsonShare(s *float64) *float64 {
	if s == nil || math.IsNaN(*s) {
		return nil
	}
	share := math.Round(*s*1e6) / 1e6
	return &share
}

func (r *Report) json(w io.Writer, files *diag.Files) error { return printJSON(w, r.jsonReport(files)) }

func (r *Report) jsonReport(files *diag.Files) jsonReport {
	out := jsonReport{Version: 2, Same: r.Same(), Complete: !r.Incomplete, Summary: r.headline(),
		Consequences: []jsonConsequence{},
		Requests:     []jsonClass{}, LostClones: []jsonClone{}, Attributes: []jsonChange{}}
	for _, k := range r.Consequences {
		j := jsonConsequence{k.Kind, k.Cluster, k.Member, k.Text, jsonShare(&k.Share), jsonShare(k.before),
			jsonPlaceOf(files, k.Old), jsonPlaceOf(files, k.New)}
		out.Consequences = append(out.Consequences, j)
	}
	for _, c := range r.Classes {
		out.Requests = append(out.Requests, jsonClass{c.URL, c.Requests, jsonSide(files, c.Old),
			jsonSide(files, c.New)})
	}
	for _, c := range r.LostClones {
		out.LostClones = append(out.LostClones, jsonClone{c.ID, c.Server, c.Cluster, jsonPlaceOf(files, c.At)})
	}
	for _, c := range r.Attributes {
		j := jsonChange{Subject: c.Subject, OldAt: jsonPlaceOf(files, c.OldAt), NewAt: jsonPlaceOf(files, c.NewAt)}
		if c.HasOld {
			j.Old = &c.Old
		}
		if c.HasNew {
			j.New = &c.New
		}
		out.Attributes = append(out.Attributes, j)
	}
	return out
}
