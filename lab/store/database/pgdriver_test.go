package database

import (
	"reflect"
	"testing"
)

// What goes through the columns of the table comes back as it was; these need no server.
func TestPostgresValues(t *testing.T) {
	for _, tt := range []struct {
		text string
		oid  uint32
		want any
	}{
		{"-7", oidInt2, int64(-7)},
		{"2147483647", oidInt4, int64(2147483647)},
		{"1795932001000", oidInt8, int64(1795932001000)},
		{`\x`, oidBytea, []byte{}},
		{`\x00ff`, oidBytea, []byte{0, 255}},
		{"12", 1043, "12"},
	} {
		if got, err := goValue([]byte(tt.text), tt.oid); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s of type %d: %#v %v, want %#v", tt.text, tt.oid, got, err, tt.want)
		}
	}
	if got, err := goValue(nil, oidInt8); got != nil || err != nil {
		t.Errorf("NULL: %v %v", got, err)
	}
	for text, oid := range map[string]uint32{"99999999999999999999": oidInt8, `a\000`: oidBytea, `\xq`: oidBytea} {
		if got, err := goValue([]byte(text), oid); err == nil {
			t.Errorf("%s of type %d is read as %v", text, oid, got)
		}
	}
	if _, _, err := pgValue(1.5); err == nil {
		t.Error("a number with a fraction goes into some column")
	}
}
