package schemas_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/schemas"
)

// A rule is found through keys of any name, items, references and the forms that a value may have.
func TestAt(t *testing.T) {
	for _, tt := range []struct {
		schema, path, says, keys, values string
		scalar                           bool
	}{
		{"topology", "flavor", "Whose default values", "", "was liberty plain", true},
		{"topology", "clusters", "The clusters by name.", "", "", false},
		{"topology", "clusters/any/members/[]", "A cluster member", "name node host", "", false},
		{"topology", "clusters/any/members/[]/host", "Host name", "", "", true},
		{"topology", "session/affinity", "false: sessions need not", "", "true false", true},
		{"topology", "cell/none", "", "", "", false},
		{"suite", "tests/[]/facts/[]/from", "A time such as", "", "", true},
		{"suite", "tests/[]/requests/[]/expect", "What must come", "declined status cluster", "", true},
		{"suite", "tests/[]/requests/[]/expect/session/user", "What the person", "", "goes-on first-screen", true},
		{"none", "", "", "", "", false},
	} {
		r := schemas.At(tt.schema, strings.Split(tt.path, "/"))
		var keys, values []string
		for _, k := range r.Keys {
			keys = append(keys, k.Path)
		}
		for _, v := range r.Values {
			values = append(values, v.Text)
		}
		if !strings.HasPrefix(r.Says, tt.says) || !strings.HasPrefix(strings.Join(keys, " "), tt.keys) ||
			!strings.HasPrefix(strings.Join(values, " "), tt.values) || r.Scalar != tt.scalar ||
			(tt.says == "") != (r.Says == "") || (tt.keys == "") != (len(keys) == 0) {
			t.Errorf("%s %s: %+v, keys %q, values %q", tt.schema, tt.path, r, keys, values)
		}
	}
}
