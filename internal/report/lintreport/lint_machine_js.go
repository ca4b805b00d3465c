package lintreport

import "github.com/wasplug/wasplug/internal/report/forms"

// ofPrograms is empty in a browser, where nobody reads them: what writes SARIF brings HTTP with it.
var ofPrograms forms.List[*Findings]
