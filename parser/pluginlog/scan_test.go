package pluginlog

import (
	"fmt"
	"strings"
	"testing"
)

// TestDull: a line that is told by its beginning is of the kind that reading it gives, and counts as it does.
func TestDull(t *testing.T) {
	var log strings.Builder
	nothing := Kinds{}
	heads := dullOf(&nothing)
	for i, l := range dullLines {
		if heads[dullPlace(l.head)] != l.head {
			t.Errorf("%s shares its place with another one", l.head)
		}
		line := fmt.Sprintf("[06/Oct/2017:19:06:%02d.24773] 00ea0000 00001607 - %s'/a/*' to '/a/b' of it",
			10+2*i, l.head)
		log.WriteString(line + "\n" + line[:len(line)-20] + line + "  \n")
		var one Line
		one.split(line)
		if e, _ := one.Parse(); e.Kind != l.kind {
			t.Errorf("%s: %s, want %s", line, e.Kind, l.kind)
		}
		all := AllKinds()
		if !heads.has(l.head + "and more than that") {
			t.Errorf("%s is not found", l.head)
		}
		if d := dullOf(&all); d.has(l.head + "and more than that") {
			t.Errorf("%s is wanted", l.head)
		}
	}
	none := func(*Event) error { return nil }
	want, err := Read(strings.NewReader(log.String()), Options{}, none)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(strings.NewReader(log.String()), Options{Want: KindsOf(BuildVersion)}, none)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) || want.Events == 0 || want.Glued == 0 {
		t.Errorf("%v\n%+v, want\n%+v", err, got, want)
	}
}
