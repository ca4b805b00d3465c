package authoring

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/envoy"
	"github.com/wasplug/wasplug/generate/export/haproxy"
	"github.com/wasplug/wasplug/generate/export/httpd"
	"github.com/wasplug/wasplug/generate/export/ingress"
	"github.com/wasplug/wasplug/generate/export/nginx"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
)

// Export writes what another proxy needs to do the plug-in's work.
type Export struct {
	app.Config
	app.Plugin
	Target  string // one of ExportTargets
	Options export.Options
}

// ExportAnswer is the files of an export.
type ExportAnswer struct {
	Notes   app.Notes
	Files   *diag.Files // the configuration it was made of
	Report  *export.Report
	Written []export.File // LOSSES.md and losses.json among them
}

// exportTarget is a proxy that configurations are written for.
type exportTarget struct {
	name   string
	write  func(*export.Plan, *export.Options) ([]export.File, []export.Loss, error)
	oldest export.Version // that takes what is written; zero: any
}

var exportTargets = []exportTarget{
	{"haproxy", haproxy.Write, export.Version{Major: 2, Minor: 6}},
	{"nginx", nginx.Write, export.Version{Major: 1, Minor: 15, Patch: 1}}, // "random"
	{"httpd", httpd.Write, export.Version{Major: 2, Minor: 4}},
	{"envoy", envoy.Write, export.Version{Major: 1, Minor: 34}},
	{"traefik", ingress.Traefik, export.Version{}},
	{"gateway-api", ingress.GatewayAPI, export.Version{}},
}

// ExportTargets lists the targets.
func ExportTargets() (names []string) {
	for _, t := range exportTargets {
		names = append(names, t.name)
	}
	return names
}

// Run makes the files. Paths are compared as clients send them: no target has the web server that decodes and cleans
// them before the plug-in (R16).
func (e *Export) Run(in app.Input) (*ExportAnswer, error) {
	a := &ExportAnswer{}
	target, err := e.target()
	if err != nil {
		return a, err
	}
	if v := e.Options.Version; v != (export.Version{}) && v.Before(target.oldest) {
		return a, app.Wrong("target-version", " %s: what is written for %s takes %s or later", v, e.Target,
			target.oldest)
	}
	l, sem, _, err := e.Plugin.Load(in, e.Config, nil, &a.Notes)
	// Files is set beside an error, too: the notes of it have places.
	if l != nil {
		a.Files = l.Files
	}
	if err != nil {
		return a, err
	}
	// What a user assumes of this choice is about the plug-in's web server, which the target has not.
	if _, err := sem.Assume("path-normalisation=none"); err != nil {
		return a, err
	}
	plan, err := export.NewPlan(app.DisplayName(e.Path), l.Config, l.Table, &sem)
	if err != nil {
		return a, located(a.Files, err)
	}
	written, losses, err := target.write(plan, &e.Options)
	if err != nil {
		return a, located(a.Files, err)
	}
	a.Report = export.NewReport(a.Files, app.DisplayName(e.Path), e.Target, e.Options.Version, written,
		plan.OpenChoices, losses)
	data, err := a.Report.JSON()
	a.Written = append(written, export.File{Name: "LOSSES.md", Data: a.Report.Markdown()},
		export.File{Name: "losses.json", Data: data})
	return a, err
}

func (e *Export) target() (*exportTarget, error) {
	for i := range exportTargets {
		if t := &exportTargets[i]; t.name == e.Target {
			return t, nil
		}
	}
	return nil, app.Wrong("to", " %q: want one of %s", e.Target, strings.Join(ExportTargets(), ", "))
}

// located puts the place in front of what an export refuses; what a flag would mend is wrong usage.
func located(files *diag.Files, err error) error {
	var refused *export.Refusal
	var keystore *export.KeystoreError
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("%s: not exported: %w", files.Start(refused.At), err)
	case errors.As(err, &keystore):
		return &app.RequestError{Field: "keystore", Err: fmt.Errorf("%s: %w", files.Start(keystore.At), err)}
	}
	return err
}
