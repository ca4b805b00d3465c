package replication

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/proxy/wspt"
)

// TestPartitionTable: the table names the owner, then who has its copies; its version rises with each change; what is
// written can be read where web servers read it (L11).
func TestPartitionTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := domain("abc", 1)
		cfg.Members[2].Partition = "" // a client would have none
		w := newWorld(t, cfg)
		defer w.end()
		last := uint64(0)
		expect := func(member string, a, b []string) {
			t.Helper()
			version, text := w.stores[member].Table()
			got, err := wspt.Parse(text)
			want := map[string][]string{cfg.Members[0].Partition: a, cfg.Members[1].Partition: b}
			if fmt.Sprint(got) != fmt.Sprint(want) || err != nil {
				t.Errorf("%s tells %s (%v), want %v", member, text, err, want)
			}
			if version <= last {
				t.Errorf("version %d after %d", version, last)
			}
			last = version
		}
		expect("b", []string{"clonea", "cloneb"}, []string{"cloneb", "clonec"})
		w.kill("a")
		time.Sleep(time.Second)
		expect("b", []string{"cloneb"}, []string{"cloneb", "clonec"})
		w.start("a")
		time.Sleep(time.Second)
		expect("a", []string{"clonea", "cloneb"}, []string{"cloneb", "clonec"})
	})
}
