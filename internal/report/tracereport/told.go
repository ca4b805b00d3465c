package tracereport

import (
	"fmt"
	"io"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/internal/watch"
	"github.com/wasplug/wasplug/parser/diag"
)

// Told are the formats of an incident that is told while its log is written: of JSON one document a line.
var Told = forms.List[Telling]{
	forms.AsText(func(w io.Writer, t Telling) error { return t.writeText(w) }),
	forms.AsJSON(func(w io.Writer, t Telling) error { return forms.JSONLines(w, []toldJSON{t.doc()}) }),
}

// Telling is an incident that is told, and the log.
type Telling struct {
	watch.Told
	File string
}

func (t *Telling) run() *traceRun { return &traceRun{Logs: evidence.Logs{Names: []string{t.File}}} }

// writeText tells all of an incident that begins, and of one that goes on what can have changed.
func (t *Telling) writeText(w io.Writer) error {
	fmt.Fprintf(w, "%-7s ", t.What)
	if t.What == watch.Begins || t.What == watch.Was {
		t.run().writeIncident(w, t.Incident, map[string]bool{})
		return nil
	}
	writeHead(w, t.Incident)
	if t.What == watch.Changes || t.What == watch.Ends {
		writeDetails(w, append(parts(t.Incident), detail{"clients", t.Incident.Cost()},
			detail{"recovery", t.Incident.Recovery()}))
	}
	return nil
}

// toldJSON is one telling; a reader of lines gets the whole incident each time, and needs to remember nothing.
type toldJSON struct {
	Version  int          `json:"version"`
	At       string       `json:"at,omitempty"` // by the clock that the log shows
	What     watch.What   `json:"what"`
	Incident incidentJSON `json:"incident"`
}

func (t *Telling) doc() toldJSON {
	return toldJSON{traceVersion, traceTime(t.At), t.What, t.run().incidentJSON(t.Incident)}
}

// WriteNow writes how things stand in a log that is being written, as JSON.
func WriteNow(w io.Writer, file string, now watch.Now) error {
	t := Telling{File: file}
	return forms.JSON(forms.Visible(w, diag.JSON), struct {
		Version   int            `json:"version"`
		File      string         `json:"file"`
		At        string         `json:"at,omitempty"`
		Incidents []incidentJSON `json:"incidents"`
		Milder    int64          `json:"furtherIncidents"`
	}{traceVersion, file, traceTime(now.At), t.run().incidentsJSON(now.Incidents), now.Milder})
}
