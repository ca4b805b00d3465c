package session

import "testing"

// TestCookieAfterTakeOver: the cookie that a client gets from the member that takes its session over: cache ID,
// session ID and clone list (S3, S4, S9 to S11, S15, M10, M14).
func TestCookieAfterTakeOver(t *testing.T) {
	inDatabase, inMemory := Settings{Persistence: "database"}, Settings{}
	front := Settings{Persistence: "database", NoAffinitySwitchBack: true}
	expected := Settings{Persistence: "database", ExpectedCloneIDs: []string{"m1", "m10"}}
	reuse := Settings{IDReuse: true}
	copies := Settings{Persistence: "memory-to-memory"}
	for _, c := range []struct {
		name      string
		settings  Settings
		clone     string // of the member that serves
		value     string
		separator byte
		partition bool
		assume    func(*Assumed)
		want      string
	}{
		{name: "appended", settings: inDatabase, clone: "m2", value: "0001id:m1", want: "0002<id>:m1:m2"},
		{name: "it is there already", settings: inDatabase, clone: "m1", value: "0003id:m1:m2",
			want: "0004<id>:m1:m2"},
		{name: "S10 a substring is there, too", settings: inDatabase, clone: "m1", value: "0001id:m10",
			want: "0002<id>:m10"},
		{name: "S9 in front", settings: front, clone: "m2", value: "0001id:m1", want: "0002<id>:m2:m1"},
		{name: "S9 in front, where it stood behind", settings: front, clone: "m2", value: "0001id:m1:m2",
			want: "0002<id>:m2:m1"},
		{name: "S11 a foreign ID clears the list", settings: expected, clone: "m1", value: "0001id:m7:m10",
			want: "0002<id>:m1"},
		{name: "S11 none is foreign", settings: expected, clone: "m1", value: "0001id:m10", want: "0002<id>:m10"},
		{name: "no clone ID", settings: inDatabase, value: "0001id:m1", want: "0002<id>:m1"},
		{name: "another separator", settings: inDatabase, clone: "m2", value: "0001id+m1", separator: '+',
			want: "0002<id>+m1+m2"},
		{name: "S4 behind 9999", settings: inDatabase, clone: "m2", value: "9999id:m1", want: "0001<id>:m1:m2"},
		{name: "S6 no number", settings: inDatabase, clone: "m2", value: "abcdid:m1", want: "0001<id>:m1:m2"},
		{name: "S3 no value is known", settings: inDatabase, clone: "m2", want: "0002<id>:m2"},
		{name: "S15 nothing is found", settings: inMemory, clone: "m2", value: "0000id:m1", want: "0000<new>:m2"},
		{name: "S15 nor does it have a clone ID", settings: inMemory, value: "0000id:m1", want: "0000<new>"},
		{name: "S15 the ID is kept", settings: reuse, clone: "m2", value: "0000id:m1", want: "0000<id>:m1:m2"},
		{name: "S15 or drawn anew, assumed", settings: inMemory, clone: "m2", value: "0000id:m1",
			assume: func(a *Assumed) { a[takeoverID] = sameID }, want: "0000<id>:m1:m2"},
		{name: "M14 a partition ID stays", settings: copies, clone: "m2", value: "0001id:1158590921", partition: true,
			assume: func(a *Assumed) { a[replicaHolder] = nextInList }, want: "0002<id>:1158590921"},
		{name: "M14 or gets company", settings: copies, clone: "m2", value: "0001id:1158590921", partition: true,
			assume: func(a *Assumed) { a[replicaHolder], a[partitionAfterTakeover] = nextInList, cloneAppended },
			want:   "0002<id>:1158590921:m2"},
	} {
		policy, err := c.settings.Policy("liberty")
		if err != nil {
			t.Fatal(err)
		}
		q := Case{Policy: policy, Members: []Member{{"a", "gone"}, {"b", c.clone}}, Owner: 0, Serves: []int{1},
			Down: []Death{{Member: 0}}, Value: c.value, Separator: ':', Partition: c.partition}
		if c.separator != 0 {
			q.Separator = c.separator
		}
		if c.assume != nil {
			c.assume(&q.Assumed)
		}
		if got := q.Predict(^Set(0)); got.Cookie != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.Cookie, c.want)
		}
	}
	if got := Fill("0002<id>:m1 or 0001<new>:m2", "A"); got != "0002A:m1 or 0001A:m2" {
		t.Error(got)
	}
}
