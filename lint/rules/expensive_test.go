package rules_test

import (
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// expensiveFiles are made to make rules quadratic: n of something that a rule may compare with n others.
func expensiveFiles(n int) map[string]string {
	many := func(n int, text func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(text(i))
		}
		return b.String()
	}
	return map[string]string{
		"aliases times Uris": "<Config><ServerCluster Name='a'/><ServerCluster Name='b'/><VirtualHostGroup Name='v'>" +
			many(n, func(i int) string { return "<VirtualHost Name='h" + strconv.Itoa(i) + ":80'/>" }) +
			"</VirtualHostGroup><UriGroup Name='u'>" + many(n, func(i int) string {
			return "<Uri Name='/a" + strconv.Itoa(i) + "/*.jsp'/><Uri Name='/*'/>"
		}) +
			"</UriGroup><Route ServerCluster='a' VirtualHostGroup='v' UriGroup='u'/><Route ServerCluster='b' " +
			"VirtualHostGroup='v' UriGroup='u'/></Config>",
		"Uris within others": "<Config><ServerCluster Name='a'/><ServerCluster Name='b'/><VirtualHostGroup Name='v'>" +
			many(n/10, func(i int) string { return "<VirtualHost Name='h" + strconv.Itoa(i) + ":*'/>" }) +
			"</VirtualHostGroup><UriGroup Name='u'><Uri Name='/*'/>" +
			many(n, func(i int) string { return "<Uri Name='/a/b" + strconv.Itoa(i) + "/*'/>" }) +
			"</UriGroup><UriGroup Name='w'>" + many(n, func(i int) string {
			return "<Uri Name='/a/b" + strconv.Itoa(i) + "/x/*'/>"
		}) +
			"</UriGroup><Route ServerCluster='a' VirtualHostGroup='v' UriGroup='u'/><Route ServerCluster='b' " +
			"VirtualHostGroup='v' UriGroup='w'/></Config>",
		"one Route again": "<Config><ServerCluster Name='a'/><VirtualHostGroup Name='v'><VirtualHost " +
			"Name='*:80'/></VirtualHostGroup><UriGroup Name='u'><Uri Name='/a'/></UriGroup>" +
			many(n, func(int) string { return "<Route ServerCluster='a' VirtualHostGroup='v' UriGroup='u'/>" }) +
			"</Config>",
		"one clone ID in clusters": "<Config>" + many(n, func(i int) string {
			return "<ServerCluster Name='c" + strconv.Itoa(i) +
				"'><Server CloneID='x' Name='m'><Transport Hostname='h" +
				strconv.Itoa(i) + "' Port='1'/></Server></ServerCluster>"
		}) + "</Config>",
		"one cluster": "<Config><ServerCluster Name='c'>" + many(n, func(i int) string {
			return "<Server CloneID='x' Name='m" + strconv.Itoa(i) + "' ServerIOTimeout='1'><Transport Hostname='h' " +
				"Port='1'/></Server>"
		}) + "<PrimaryServers>" + many(n, func(i int) string { return "<Server Name='m" + strconv.Itoa(i) + "'/>" }) +
			"</PrimaryServers></ServerCluster></Config>",
		"unknown names": "<Config>" + many(n/10, func(i int) string {
			return "<Route ServerCluster='abcdefgh" + strconv.Itoa(i) + "'/><ServerCluster Name='abcdefgx" +
				strconv.Itoa(i) + "'/>"
		}) + "</Config>",
		"hosts with every port": "<Config><ServerCluster Name='a'/><ServerCluster Name='b'/><VirtualHostGroup " +
			"Name='v'>" + many(n, func(i int) string {
			return "<VirtualHost Name='h" + strconv.Itoa(i) + ":*'/><VirtualHost Name='*:" + strconv.Itoa(i+1) + "'/>"
		}) + "</VirtualHostGroup><UriGroup Name='u'><Uri Name='/a'/></UriGroup><Route ServerCluster='a' " +
			"VirtualHostGroup='v' UriGroup='u'/><Route ServerCluster='b' VirtualHostGroup='v' UriGroup='u'/></Config>",
		"unknown elements": "<Config>" + many(n, func(int) string { return "<Foo/>\n" }) + "</Config>",
		"cookies that differ": "<Config><ServerCluster Name='a'/><VirtualHostGroup Name='v'><VirtualHost " +
			"Name='*:80'/></VirtualHostGroup><UriGroup Name='u'>" + many(n, func(i int) string {
			return "<Uri Name='/a/b" + strconv.Itoa(i) + "/*' AffinityCookie='c" + strconv.Itoa(i%2) +
				"'/><Uri Name='*.x" + strconv.Itoa(i) + "'/>"
		}) + "</UriGroup><Route ServerCluster='a' VirtualHostGroup='v' UriGroup='u'/></Config>",
		"patterns of files": "<Config><ServerCluster Name='a'/><VirtualHostGroup Name='v'><VirtualHost " +
			"Name='*:80'/></VirtualHostGroup><UriGroup Name='u'>" + many(n, func(i int) string {
			return "<Uri Name='/a" + strconv.Itoa(i) + "/b/*.jsp'/>"
		}) + "<Uri Name='*.jsp'/></UriGroup><Route ServerCluster='a' VirtualHostGroup='v' UriGroup='u'/></Config>",
		"groups that share aliases": "<Config><ServerCluster Name='a'/><ServerCluster Name='b'/>" +
			many(n, func(i int) string {
				k := strconv.Itoa(i)
				return "<VirtualHostGroup Name='v" + k + "'><VirtualHost Name='*:80'/><VirtualHost " +
					"Name='*:443'/></VirtualHostGroup><UriGroup Name='u" + k + "'><Uri Name='/a" + k +
					"/*'/></UriGroup><Route ServerCluster='" + []string{"a", "b"}[i%2] +
					"' VirtualHostGroup='v" + k + "' UriGroup='u" + k + "'/>"
			}) + "</Config>",
		"clone IDs within others": "<Config><ServerCluster Name='c'>" + many(n, func(i int) string {
			return "<Server CloneID='" + strings.Repeat("x", i%300) + strconv.Itoa(i) + "' Name='m" + strconv.Itoa(i) +
				"'><Transport Hostname='h" + strconv.Itoa(i) + "' Port='1'/></Server>"
		}) + "</ServerCluster></Config>",
		"ignores": "<Config>" + many(n, func(int) string { return "<!-- wasplug:ignore WP501 known -->\n" }) +
			"</Config>",
		"unknown servers": "<Config><ServerCluster Name='c'>" + many(n,
			func(i int) string { return "<Server Name='abcdefgh" + strconv.Itoa(i) + "'/>" }) +
			"<PrimaryServers>" +
			many(n, func(i int) string { return "<Server Name='abcdefgx" + strconv.Itoa(i) + "'/>" }) +
			"</PrimaryServers></ServerCluster></Config>",
		"groups with one alias": "<Config><ServerCluster Name='a'/>" + many(n, func(i int) string {
			return "<VirtualHostGroup Name='v" + strconv.Itoa(i) + "'><VirtualHost " +
				"Name='*:80'/></VirtualHostGroup><UriGroup Name='u" + strconv.Itoa(i) + "'><Uri Name='/a" +
				strconv.Itoa(i) +
				"'/></UriGroup><Route ServerCluster='a' VirtualHostGroup='v" + strconv.Itoa(i) + "' UriGroup='u" +
				strconv.Itoa(i) + "'/>"
		}) + "</Config>",
	}
}

// TestExpensiveFiles counts what a run allocates, which unlike time is the same on every machine: a file of twice the
// length may need twice as much and a little, where comparing all with all would need four times.
func TestExpensiveFiles(t *testing.T) {
	sharedtest.Computes(t)
	n := 750
	if sharedtest.Long() {
		n = 1500
	}
	half := expensiveFiles(n)
	for name, text := range expensiveFiles(2 * n) {
		t.Run(name, func(t *testing.T) {
			small, few := bytesFor(half[name])
			large, found := bytesFor(text)
			if few == 0 || found < few {
				t.Errorf("%d findings, in the file of twice the length %d", few, found)
			}
			if ratio := float64(large) / float64(small); ratio > 2.8 {
				t.Errorf("%d and %d bytes of text need %d and %d kB: %.1f times as much", len(half[name]), len(text),
					small>>10, large>>10, ratio)
			} else {
				t.Logf("%.2f, %d kB, %d findings", ratio, large>>10, found)
			}
		})
	}
}

// bytesFor returns how many bytes a run allocates, and how much it finds.
func bytesFor(text string) (bytes uint64, findings int) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ds, _ := lintText(text, allOptions)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, len(ds)
}

func BenchmarkExpensiveFiles(b *testing.B) {
	for name, text := range expensiveFiles(2500) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				lintText(text, allOptions)
			}
		})
	}
}
