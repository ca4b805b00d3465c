package natsword_test

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab/store/natsword"
)

func TestOf(t *testing.T) {
	for name, want := range map[string]string{
		"m1": "m1", "Cluster_A-b": "Cluster_A-b", "": "=", "a.b": "a=2Eb",
		"a b*>": "a=20b=2A=3E", "=": "=3D", "é": "=C3=A9",
	} {
		word := natsword.Of(name)
		if word != want {
			t.Errorf("%q is written %q, want %q", name, word, want)
		}
		if back := natsword.Name(word); back != name {
			t.Errorf("%q is read as %q, want %q", word, back, name)
		}
	}
}
