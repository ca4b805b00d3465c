package pluginlog

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
)

func TestMain(m *testing.M) {
	sharedtest.FewDraws("25")
	sharedtest.RelaxGC()
	os.Exit(m.Run())
}

// eventOf draws an event of a kind with the fields that the kind fills.
func eventOf(t *rapid.T, k Kind) Event {
	word := rapid.StringMatching(`[A-Za-z0-9_][A-Za-z0-9_.:-]{0,20}`)
	uri := rapid.StringMatching(`/[!-~äß世]{0,30}`)
	number := rapid.Int32Range(0, 1<<30)
	big := rapid.Int64Range(0, 1e15)
	words := rapid.StringMatching(`[a-z]{1,8}( [a-z]{1,8}){0,4}`)
	e := Event{Kind: k, Level: forms[k].level, Line: 1}
	if rapid.Bool().Draw(t, "prefix") {
		e.Time = Time(rapid.Int64Range(1e5, 7e13).Draw(t, "time") * 1e5 / 1e4 * 1e4)
		e.Thread = Thread{rapid.Uint64().Draw(t, "pid"), rapid.Uint64().Draw(t, "tid")}
	}
	switch k {
	case BuildVersion, WebServer:
		e.Text = word.Draw(t, "text")
	case PrimaryAdded, BackupAdded, CloneMatched, MarkedDown:
		e.Member = word.Draw(t, "member")
	case RequestNamed, RouteTried:
		e.Host, e.URI = word.Draw(t, "host"), uri.Draw(t, "uri")
	case ESI, ErrorLine, WarnLine, AffinitySource:
		e.Text = "zz " + words.Draw(t, "text")
	case TimeoutFired:
		e.Text = words.Draw(t, "text") + " fired"
	case AllCouldBeDown:
		e.Text = words.Draw(t, "text") + "; all could be down"
	case ResponseMalformed:
		e.Text = "Malformed response " + words.Draw(t, "text")
	case ServerWriteFailed:
		e.Text = "Write failed " + words.Draw(t, "text")
	case AttemptDropped:
		e.Text = "Attempt dropped " + words.Draw(t, "text")
	case ClientWriteFailed:
		e.Text = "write failed " + words.Draw(t, "text")
	case HandshakeExtended:
		e.Text = "Extended handshake " + words.Draw(t, "text")
	case AliasCompared, AliasMatched:
		e.Pattern, e.Host, e.Group, e.Score = word.Draw(t, "pattern"), word.Draw(t, "host"), word.Draw(t, "group"),
			number.Draw(t, "score")
		e.Group = strings.TrimRight(e.Group, ".")
	case URICompared, URIMatched:
		e.Pattern, e.URI, e.Group, e.Score = word.Draw(t, "pattern"), uri.Draw(t, "uri"), word.Draw(t, "group"),
			number.Draw(t, "score")
		e.Group = strings.TrimRight(e.Group, ".")
	case URINotMatched:
		e.URI = uri.Draw(t, "uri")
	case CookieSought:
		e.Text = word.Draw(t, "cookie")
	case CloneAdded:
		e.Clone = word.Draw(t, "clone")
	case CloneCompared:
		e.Clone, e.Pattern = word.Draw(t, "clone"), word.Draw(t, "server's")
	case StatusChecked:
		e.Member = word.Draw(t, "member")
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		e.Check = Check{IgnoreWeights: flag("ignore"), MarkedDown: flag("down"), RetryNow: flag("now"),
			WLBAllows: flag("wlb"), HasRetryIn: flag("has in"), HasFull: flag("has full")}
		if e.Check.HasRetryIn {
			e.Check.RetryIn = rapid.Int32Range(-1000, 1000).Draw(t, "in")
		}
		e.Check.Full = e.Check.HasFull && flag("full")
	case StillMarkedDown:
		e.Member, e.Seconds = word.Draw(t, "member"), rapid.Int32Range(-1000, 1000).Draw(t, "in")
	case Picked:
		e.Member, e.Weight = word.Draw(t, "member"), rapid.Int32Range(-1000, 1000).Draw(t, "weight")
	case PickedOld:
		e.Member, e.Pending, e.Total = word.Draw(t, "member"), big.Draw(t, "pending"), big.Draw(t, "total")
	case TransportSet:
		e.Case, e.Host, e.Port = number.Draw(t, "case"), word.Draw(t, "host"), number.Draw(t, "port")
	case StreamReused, StreamCreated:
		e.Socket = number.Draw(t, "socket")
	case ConnectTimeoutSet:
		e.Seconds = number.Draw(t, "seconds")
	case Connected:
		e.Socket, e.Host, e.Port = number.Draw(t, "socket"), word.Draw(t, "host"), number.Draw(t, "port")
	case HandshakeFailed:
		e.Text, e.Code = "GSK_"+rapid.StringMatching(`[A-Z_0-9]{1,12}`).Draw(t, "code"),
			rapid.Int32Range(0, 1e8).Draw(t, "rc")
	case ConnectFailed:
		e.Host, e.OSError = word.Draw(t, "host"), number.Draw(t, "error")
	case IOTimedOut:
		e.Seconds, e.Count, e.Limit, e.Code = number.Draw(t, "s"), number.Draw(t, "c"),
			rapid.Int32Range(-1, 9).Draw(t, "l"), number.Draw(t, "rc")
		e.Retry = rapid.Bool().Draw(t, "retry")
	case TransactionFailed:
		e.Member, e.Host, e.Retry = word.Draw(t, "member"), word.Draw(t, "host"), rapid.Bool().Draw(t, "retry")
	case Counted:
		e.Member, e.Old = word.Draw(t, "member"), rapid.Bool().Draw(t, "old")
		e.Counters = Counters{big.Draw(t, "p"), big.Draw(t, "f"), big.Draw(t, "a"), big.Draw(t, "t")}
	case BodyStarted:
		e.Length = big.Draw(t, "length")
	case BodyShort:
		e.Length = big.Draw(t, "read")
		e.Expected = e.Length + 1 + big.Draw(t, "more")
	case StatusLine:
		e.Code, e.Text = rapid.Int32Range(100, 999).Draw(t, "code"), words.Draw(t, "reason")
	case RequestLine:
		e.Method, e.URI = rapid.SampledFrom([]string{"GET", "POST", "PROPFIND"}).Draw(t, "method"), uri.Draw(t, "uri")
	case Header:
		e.Pattern, e.Text = rapid.SampledFrom([]string{"Set-Cookie", "Cache-Control", "expires"}).Draw(t, "name"),
			words.Draw(t, "value")
	}
	return e
}

// sent draws what a client can choose: everything that may stand in a URL, a Host or a cookie, what imitates the log,
// and bytes of no character.
func sent(from string) *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.StringMatching(`[!-~]{1,6}`),
		rapid.SampledFrom([]string{"\u0085", "\u009b31m", "\u200e", "\u202e", "\u2066", "\u061c", "\xff", "\xc2",
			"\x91", "é", "’", "“", `\x41`, `\u0041`, `\`, "%41", "%0A", "'",
			"[06/Oct/2017:19:06:43.24773]", "[06/Oct/2017:19:06:43]a/b/c", "[x]", "' to server clone id 'x",
			"' in UriGroup: u score is 3", "'; uri='/x"}),
		rapid.SampledFrom([]string{" ", "\n", "\r", "\x1b", "\t", " to 'x",
			"\nERROR: ws_server: serverSetFailoverStatus: Marking m1 down",
			" 00000001 00000001 - ERROR: ws_server: x: Marking m1 down"}),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 6), func(all []string) string { return from + strings.Join(all, "") })
}

// TestRoundTripOfHostileText: what a client chooses reads back as it was, and is one line that a terminal can show.
func TestRoundTripOfHostileText(t *testing.T) {
	for _, k := range []Kind{RouteTried, RequestNamed, AliasMatched, URIMatched, CloneAdded,
		CloneCompared, CloneMatched, CookieSought, TransactionFailed} {
		t.Run(k.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				want := eventOf(t, k)
				want.Time, want.Thread = 1507316803247730000, Thread{1, 2}
				for _, s := range []*string{&want.URI, &want.Host, &want.Pattern, &want.Clone,
					&want.Member, &want.Text} {
					if *s != "" && s != &want.Text || s == &want.Text && k == CookieSought {
						*s = sent((*s)[:1]).Draw(t, "hostile")
					}
				}
				text := string(want.Append(nil))
				got, stats := readAll(t, text)
				if stats.Lines != 1 || len(got) != 1 {
					t.Fatalf("%q gives %d events of %d lines", text, len(got), stats.Lines)
				}
				if diff := cmp.Diff(want, got[0]); diff != "" {
					t.Fatalf("%q: %s", text, diff)
				}
				for i, r := range strings.TrimSuffix(text, "\n") {
					if !diag.Visible(r, utf8.RuneLen(r)) || r == utf8.RuneError && text[i] != 0xef {
						t.Fatalf("%q shows %q", text, r)
					}
				}
			})
		})
	}
}

// TestRoundTrip: what the writer writes reads back as the same event, for every kind.
func TestRoundTrip(t *testing.T) {
	for k := None + 1; k < numKinds; k++ {
		t.Run(k.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				want := eventOf(t, k)
				text := string(want.Append(nil))
				got, stats := readAll(t, text)
				if stats.Lines != 1 || len(got) != 1 {
					t.Fatalf("%q gives %d events", text, len(got))
				}
				if diff := cmp.Diff(want, got[0]); diff != "" {
					t.Fatalf("%q: %s", text, diff)
				}
			})
		})
	}
}

// FuzzRoundTrip: whatever names hold, a written event is one line, and reading and writing it again changes nothing
// any more.
func FuzzRoundTrip(f *testing.F) {
	f.Add(byte(Counted), "m", "h", "/u", "p", int32(3), int64(4), true)
	f.Add(byte(URINotMatched), "m", "h", "''u'", "p", int32(0), int64(1), false)
	f.Add(byte(RouteTried), "m\nERROR: Marking x down", "h'; uri='", "/u'\x1b", "’", int32(-3), int64(-4), false)
	f.Fuzz(func(t *testing.T, kind byte, member, host, uri, pattern string, n int32, m int64, yes bool) {
		e := Event{Kind: Kind(kind) % numKinds, Time: Time(m), Member: member, Host: host, URI: uri, Pattern: pattern,
			Group: host, Clone: member, Text: uri, Method: pattern,
			Score: n, Weight: n, Port: n, Code: n, Seconds: n, Pending: m, Total: m, Length: m, Retry: yes,
			Counters: Counters{m, m, m, m},
			Check:    Check{IgnoreWeights: yes, HasRetryIn: yes, RetryIn: n}}
		if e.Time != 0 {
			e.Time, e.Thread = 1507316803247730000, Thread{uint64(m), uint64(n)}
		}
		line := e.Append(nil)
		if e.Kind == None {
			return
		}
		if bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' {
			t.Fatalf("%q is not one line", line)
		}
		var l Line
		l.split(string(line[:len(line)-1]))
		if again, ok := l.Parse(); ok && again.Kind == e.Kind {
			twice := again.Append(nil)
			var l2 Line
			l2.split(string(twice[:len(twice)-1]))
			if third, ok := l2.Parse(); ok && !bytes.Equal(third.Append(nil), twice) {
				t.Errorf("%q becomes %q", twice, third.Append(nil))
			}
		}
	})
}

func TestWriter(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, LevelStats)
	at := TimeOf(time.Date(2017, 10, 6, 19, 6, 43, 247730000, time.FixedZone("here", 7200)))
	for _, e := range []Event{
		{Kind: Picked, Member: "m"},
		{Kind: MarkedDown, Member: "m\nx", Time: at, Thread: Thread{0xea003e, 0x1617}},
		{Kind: Counted, Member: "m", Time: at, Thread: Thread{1, 0x7f3a2c5fe700}},
		{Kind: BuildVersion, Text: "wasplug 1.0"},
	} {
		if err := w.Write(&e); err != nil {
			t.Fatal(err)
		}
	}
	want := `[06/Oct/2017:19:06:43.24773] 00ea003e 00001617 - ERROR: ws_server: serverSetFailoverStatus: Marking m\x0ax down
[06/Oct/2017:19:06:43.24773] 00000001 7f3a2c5fe700 - STATS: ws_server: serverSetFailoverStatus: Server m : pendingRequests 0 failedRequests 0 affinityRequests 0 totalRequests 0.
PLUGIN: Bld version: wasplug 1.0
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if w.enabled(Picked) || !w.enabled(Counted) || !w.enabled(BuildVersion) {
		t.Error("Enabled does not follow the level")
	}
}

// TestNoAllocation holds the proxy's log to its promise.
func TestNoAllocation(t *testing.T) {
	w := NewWriter(discard{}, LevelTrace)
	for k := None + 1; k < numKinds; k++ {
		e := Event{Kind: k, Time: 1507316803247730000, Thread: Thread{1, 2}, Member: "member",
			Host: "host.example.com",
			URI:  "/a/b\n"}
		if n := testing.AllocsPerRun(20, func() { w.Write(&e) }); n > 0 {
			t.Errorf("%s: %v allocations", k, n)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func TestKindNames(t *testing.T) {
	for k := range numKinds {
		if k.String() == "" {
			t.Errorf("kind %d has no name", k)
		}
	}
	if numKinds.String() != "none" || numKinds.Level() != forms[numKinds-1].level {
		t.Error("a kind beyond the last has a name or a level of its own")
	}
}
