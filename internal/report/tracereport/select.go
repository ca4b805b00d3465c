package tracereport

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
)

// chosenJSON says what part of a log was asked about.
type chosenJSON struct {
	Since   string   `json:"since,omitempty"`
	Until   string   `json:"until,omitempty"`
	Process string   `json:"process,omitempty"`
	Member  string   `json:"member,omitempty"`
	Kinds   []string `json:"kinds,omitempty"`
}

// chosenDoc returns nil where all of the log was asked about.
func chosenDoc(c *evidence.Chosen) *chosenJSON {
	doc := chosenJSON{Since: traceTime(c.Since), Until: traceTime(c.Until), Member: c.Member}
	if c.PID != 0 {
		doc.Process = hexID(c.PID)
	}
	for _, k := range c.Kinds {
		doc.Kinds = append(doc.Kinds, k.String())
	}
	if doc.Since+doc.Until+doc.Process+doc.Member == "" && doc.Kinds == nil {
		return nil
	}
	return &doc
}

// writeChosen says what part of the log the report is about, so that nobody takes "no incidents" for all of it.
func writeChosen(w io.Writer, c *evidence.Chosen) {
	var all []string
	say := func(what, value string) {
		if value != "" {
			all = append(all, what+" "+value)
		}
	}
	say("from", c.Since.String())
	say("to", c.Until.String())
	if c.PID != 0 {
		say("process", hexID(c.PID))
	}
	say("member", c.Member)
	if doc := chosenDoc(c); doc != nil {
		say("incidents of kind", strings.Join(doc.Kinds, ", "))
		fmt.Fprintf(w, "only %s\n", forms.Printable(strings.Join(all, ", ")))
	}
}
