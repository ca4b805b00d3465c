package admin

import _ "embed"

// AlertRules are rules for Prometheus about the metrics of this package.
//
//go:embed alerts.yml
var AlertRules string
