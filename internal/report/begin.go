package report

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

// Begun tells what work begins with, and what to do with it. It has one format: it is read once, by who typed init.
func Begun(w io.Writer, folder string, a *authoring.BeginAnswer) error {
	w = forms.Visible(w, diag.Text)
	for _, f := range a.Files {
		fmt.Fprintf(w, "%-16s %s\n", filepath.Join(folder, f.Name), f.What)
	}
	_, err := fmt.Fprint(w, "\nnext\n"+
		"  sh check.sh                              in that folder: every check\n"+
		"  wasplug why -c topology.yaml URL         where a request goes, and why\n"+
		"  wasplug explain drain                    what to do when: rolling-restart, session-lost, collect, ...\n"+
		"  wasplug trace --alert-rules              rules for Prometheus, about the plug-in's log\n")
	return err
}
