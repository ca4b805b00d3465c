package exporttest

import (
	"testing"

	"github.com/wasplug/wasplug/generate/export"
)

// Grades: a writer says of every concept how well it is kept, and says the same twice.
func (d *Daemon) Grades(t *testing.T) {
	cfg, table, sem := load(t, portOf.ReplaceAllString(routingXML, "9080"))
	plan, err := export.NewPlan("plugin-cfg.xml", cfg, table, sem)
	if err != nil {
		t.Fatal(err)
	}
	opt := export.Options{Headers: "ws", Listen: []export.Listen{{Port: 80, As: 80}}}
	files, losses, err := d.write(plan, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range losses {
		if l.Grade == "" || l.What == "" {
			t.Errorf("%s is not graded: %+v", l.Concept, l.Verdict)
		}
	}
	again, _, err := d.write(plan, opt)
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		if string(files[i].Data) != string(again[i].Data) {
			t.Errorf("%s is written differently the second time", files[i].Name)
		}
	}
}

// Files are what a writer makes of the configuration of the questions.
func (d *Daemon) Files(t *testing.T, opt export.Options) []export.File {
	cfg, table, sem := load(t, portOf.ReplaceAllString(routingXML, "9080"))
	plan, err := export.NewPlan("plugin-cfg.xml", cfg, table, sem)
	if err != nil {
		t.Fatal(err)
	}
	files, _, err := d.write(plan, opt)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// NotKept are the concepts that the target does not keep although others do.
func (d *Daemon) NotKept(t *testing.T) (names []string) {
	cfg, table, sem := load(t, portOf.ReplaceAllString(routingXML, "9080"))
	plan, err := export.NewPlan("plugin-cfg.xml", cfg, table, sem)
	if err != nil {
		t.Fatal(err)
	}
	_, losses, err := d.write(plan, export.Options{Headers: "ws", Listen: []export.Listen{{Port: 80, As: 80}}})
	if err != nil {
		t.Fatal(err)
	}
	everywhere := export.Everywhere()
	for i, l := range losses {
		if _, all := everywhere[export.Concept(i)]; !all && l.Grade == export.NotKept {
			names = append(names, l.Concept)
		}
	}
	return names
}
