package report

import (
	"io"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/report/forms"
)

// Export are the formats of what an export loses. Package export writes both itself.
var Export = forms.List[*export.Report]{forms.AsText(exportText), forms.AsJSON(exportJSON)}

func exportText(w io.Writer, r *export.Report) error {
	_, err := w.Write(r.Text())
	return err
}

func exportJSON(w io.Writer, r *export.Report) error {
	data, err := r.JSON()
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}
