package merge

import (
	"fmt"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
)

// BenchmarkMerge merges files of about 1 MB; twice as many must take at most 2.3 times as long.
func BenchmarkMerge(b *testing.B) {
	src := string(sharedtest.Large(b, "--clusters", "50", "--members", "10", "--routes", "500", "--uris", "5000",
		"--vhosts", "20"))
	for _, n := range []int{10, 20, 40} {
		var sources [][]byte
		for i := range n {
			// Other addresses and clone IDs in each file, so that the clusters really have to be joined.
			sources = append(sources, []byte(strings.NewReplacer(`CloneID="`, fmt.Sprintf(`CloneID="f%d`, i),
				`Hostname="`, fmt.Sprintf(`Hostname="f%d`, i)).Replace(src)))
		}
		files := diag.NewFiles()
		in := inputs(files, sources...)
		b.Run(fmt.Sprintf("files=%d", n), func(b *testing.B) {
			b.SetBytes(int64(n * len(src)))
			for b.Loop() {
				if _, err := Merge(files, in, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
