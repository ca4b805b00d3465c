package explain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// oracleLevels is the table of defaults by plug-in level, as the text has it; a row between two columns of the text
// says which one holds there.
const oracleLevels = `
level      affinity-failover retry-clock  ttl 503-clears wsfo  connect esi     merge-slashes
5.1        next-primary      arrival-both 0   false      false 0       true    no
5.1.1.12   next-primary      arrival-both 0   false      false 0       true    no
5.1.1.13   next-primary      now          0   false      false 0       true    no
5.1.9      next-primary      now          0   false      false 0       true    no
6.0        next-primary      arrival-both 0   false      false 0       true    no
6.0.2.16   next-primary      arrival-both 0   false      false 0       true    no
6.0.2.17   next-primary      now          0   false      false 0       true    no
6.0.2.43   next-primary      now          0   false      false 0       true    no
6.1        next-primary      arrival-both 0   false      false 0       true    no
6.1.0.4    next-primary      arrival-both 0   false      false 0       true    no
6.1.0.5    next-primary      now          0   false      false 0       true    no
6.1.0.32   next-primary      now          0   false      false 0       true    no
6.1.0.33   balance           now          0   false      false 0       true    no
6.1.0.47   balance           now          0   false      false 0       true    no
7.0        next-primary      now          0   false      false 0       true    no
7.0.0.2    next-primary      now          0   false      false 0       true    no
7.0.0.3    next-primary      now          0   false      true  0       true    no
7.0.0.12   next-primary      now          0   false      true  0       true    no
7.0.0.13   balance           now          0   false      true  0       true    no
7.0.0.45   balance           now          0   false      true  0       true    no
8.0        balance           now          0   true       true  5       unknown no
8.0.0.15   balance           now          0   true       true  5       unknown no
8.5        balance           now          0   true       true  5       unknown no
8.5.5      balance           now          0   true       true  5       unknown no
8.5.5.15   balance           now          0   true       true  5       unknown no
8.5.5.16   balance           now          28  true       true  5       unknown no
8.5.5.25   balance           now          28  true       true  5       unknown no
9.0        balance           now          28  true       true  5       unknown no
9.0.0.11   balance           now          28  true       true  5       unknown no
9.0.5      balance           now          28  true       true  5       false   yes
9.0.5.20   balance           now          28  true       true  5       false   yes
latest     balance           now          28  true       true  5       false   yes
`

// TestOracleLevels holds the defaults of levels and web servers against the text of section 6.
func TestOracleLevels(t *testing.T) {
	for _, row := range strings.Split(strings.TrimSpace(oracleLevels), "\n")[1:] {
		want := strings.Fields(row)
		for _, platform := range choices.Platforms() {
			sem, err := choices.Defaults(want[0], platform)
			if err != nil {
				t.Fatal(err)
			}
			normalisation, merge := "none", "yes"
			switch platform {
			case "ihs":
				normalisation, merge = "decode-and-clean", want[8]
			case "apache":
				normalisation = "decode-and-clean"
			}
			got := fmt.Sprint(want[0], " ", sem.Value(choices.AffinityFailover), " ",
				sem.Value(choices.RetryClock), " ",
				int(sem.TTLAbsent/time.Second), " ", sem.BusyClears, " ",
				sem.TellsFailover, " ", int(sem.ConnectAbsent/time.Second), " ", sem.ESIAbsent, " ",
				sem.Value(choices.MergeSlashes), " ", sem.Value(choices.PathNormalisation))
			if w := strings.Join(want[:8], " ") + " " + merge + " " + normalisation; got != w {
				t.Errorf("%s:\ngot  %s\nwant %s", platform, got, w)
			}
			for i, c := range choices.All() {
				tabled := []choices.Choice{choices.AffinityFailover, choices.RetryClock, choices.MergeSlashes,
					choices.PathNormalisation}
				if v := sem.Value(choices.Choice(i)); v != c.Values[0] && !slices.Contains(tabled, choices.Choice(i)) {
					t.Errorf("%s %s: %s=%s, but it is the same at every level", want[0], platform, c.Name, v)
				}
			}
		}
	}
}

// TestOracleLevelsRefused are names that are no level, and no web server, of the text.
func TestOracleLevelsRefused(t *testing.T) {
	for _, c := range [][2]string{{"5.0", "ihs"}, {"4.0.7", "ihs"}, {"v8", "ihs"}, {"8..5", "ihs"},
		{"8.5.x", "ihs"}, {"9.0.5", "nginx"}} {
		if _, err := choices.Defaults(c[0], c[1]); err == nil {
			t.Errorf("level %q, platform %q: no error", c[0], c[1])
		}
	}
}

// oracleChoices are the open choices of section 6 with their values.
const oracleChoices = `
score-combination: sum, uri-then-vhost, vhost-then-uri
vhost-score: characters, classes
score-tie: first, last
slash-star-serves-bare: yes, no
suffix-patterns: by-score, prefix-first
path-params: cut-at-identifier, cut-at-semicolon, keep
path-normalisation: decode-and-clean, none, decode, clean
merge-slashes: yes, no
tls-default-port: 443, 80
open-route: matches-all, never, rejects-file
many-cookies: in-order, first, last
affinity-max-connections: vetoes, ignored
affinity-failover: balance, next-primary
affinity-to-backup: no, after-primaries
single-member-weight: normalised, kept
weight-threshold: at-zero, below-zero
weight-reset: add, set
weight-zero: before-backups, after-backups
random-replacement: next, redraw
cluster-address-failure: fail, balance
probe: one, all
balance-retry: skip-tried, allow
attempts: listed, unlimited-until-none
single-member-connect-retry: second, none
all-down: fail, retry-marked
post-limit-status: 413, 500
transport-choice: fallback, strict
wait-for-continue: only-when-true, always-with-body
reload-state: fresh, kept-by-name
retry-clock: now, arrival-starts, arrival-judges, arrival-both
early-close: marks, as-io-timeout
weight-on-failure: always, success-only
extended-handshake: as-connect, as-stream
probe-503-before-fix: stuck, restarts-timer
malformed-answer: fail-request, stream-lost
ssl-session-cookie: tls-only, always
letter-case: exact, ignored
ipv6-hosts: text, address
`

// TestOracleChoices holds names and values of the open choices against the text of section 6.
func TestOracleChoices(t *testing.T) {
	var got strings.Builder
	for _, c := range choices.All() {
		fmt.Fprintf(&got, "\n%s: %s", c.Name, strings.Join(c.Values, ", "))
	}
	if want := strings.TrimRight(oracleChoices, "\n"); got.String() != want {
		t.Errorf("got %s\nwant %s", got.String(), want)
	}
}
