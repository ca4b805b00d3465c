package markdown

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/schemas"
)

// reference are the files that people write, by the page of docs/reference that describes them.
var reference = map[string]string{
	"topology": "topology", "suite": "suite", "scenario": "scenario", "lab": "lab-scenario", "settings": "settings",
	"semantics": "semantics", "accept": "accept",
}

// TestReference holds the pages of docs/reference against the schemas and the attribute table.
func TestReference(t *testing.T) {
	const folder = "../../docs/reference/"
	for name, file := range reference {
		page, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, folder+file+".md", page)
	}
	golden.Check(t, folder+"plugin-cfg.md", PluginConfig())
}

// TestKeys: every schema has a page with each of its keys, no line of which a terminal would break but words too long.
func TestKeys(t *testing.T) {
	for _, name := range schemas.Names() {
		page, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		_, keys, _ := schemas.Keys(name)
		for _, key := range keys {
			last := key.Path[strings.LastIndex(key.Path, ".")+1:]
			if last = strings.TrimRight(last, "[]*"); last != "" &&
				!strings.Contains(string(page), "- **"+last+"** (") {
				t.Errorf("%s: nothing about %s", name, key.Path)
			}
		}
	}
	if _, err := Schema("topolgy"); err == nil || !strings.Contains(err.Error(), `did you mean "topology"?`) {
		t.Errorf("no suggestion: %v", err)
	}
}
