package schemas

import (
	"slices"
	"testing"
)

// TestKeys: keys stand in the order of the schema, those of maps, lists and definitions too, and one that holds itself
// ends.
func TestKeys(t *testing.T) {
	for _, name := range []string{"topology", "suite", "settings", "semantics", "baseline"} {
		says, keys, err := Keys(name)
		if err != nil || says == "" || len(keys) == 0 {
			t.Errorf("%s: %q, %d keys, %v", name, says, len(keys), err)
		}
	}
	_, keys, _ := Keys("topology")
	place := func(path string) int {
		return slices.IndexFunc(keys, func(k Key) bool { return k.Path == path })
	}
	at := -1
	for _, path := range []string{"version", "flavor", "clusters", "clusters.*.members", "clusters.*.members[].host"} {
		next := place(path)
		if next <= at {
			t.Errorf("%s stands at %d, behind %d", path, next, at)
		}
		at = next
	}
	if k := keys[place("clusters")]; k.Says != "The clusters by name." {
		t.Errorf("clusters: %q", k.Says)
	}
	if _, _, err := Keys("topolgy"); err == nil {
		t.Error("a schema that there is not has keys")
	}
}
