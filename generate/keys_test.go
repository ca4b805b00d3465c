package generate

import (
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas"
)

// TestKeys: the schema has each key of the attribute table where it can be set.
func TestKeys(t *testing.T) {
	places := map[string][]string{"Server": {"member", "defaults"}, "ServerCluster": {"cluster"}}
	for _, a := range parser.Attributes() {
		if a.Key == "" {
			continue
		}
		for _, definition := range places[a.Element] {
			if _, known := schemas.Scalar("topology", "1", definition, a.Key); !known {
				t.Errorf("topology.schema.json has no key %s for %s/@%s under %s", a.Key, a.Element,
					a.Name, definition)
			}
		}
		if places[a.Element] == nil {
			t.Errorf("nothing reads the key %s of %s/@%s", a.Key, a.Element, a.Name)
		}
	}
}
