package affinity

import (
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lint"
)

func TestCloneIDForms(t *testing.T) {
	o := &lint.Options{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		id, form, made string
		suspicious     bool
	}{
		{"t0im8jfe", "clock", "2001-08-06", false}, // published IDs
		{"10ig7jdvd", "clock", "2005-06-21", false},
		{"138888kcd", "clock", "2008-05-22", false},
		{"1p0000000", "clock", "2032-01-23", true},
		{"14K4M4K8P", "near-clock", "", true},
		{"138888kyd", "near-clock", "", true},
		{"1webshopx", "by hand", "", false},
		{"v0000000", "clock", "2003-10-03", false},
		{"4v0000000", "by hand", "", false}, // would be a clock of 2141
		{"M3M4B5R01", "by hand", "", false}, // a name of capitals and digits begins with a letter
		{"a-0-b-1-c", "near-uuid", "", true},
		{"a0aaea8c-3251-45bb-87bb-f8b09169c03c", "uuid", "", false},
		{"a0aaea8c-3251-45bb-87bb-f8b09169c0", "near-uuid", "", true},
		{"a0aaea8c-3251-45bb", "near-uuid", "", true},
		{"8646911284551352321", "number", "", true},
		{"placeholder", "placeholder", "", true},
		{"${CLONE}", "placeholder", "", true},
		{"YOUR_CLONE_ID", "placeholder", "", true},
		{"...", "placeholder", "", true},
		{"xxxx", "placeholder", "", true},
		{"cloneid1", "by hand", "", false},
		{"x", "by hand", "", false},
		{"member1", "by hand", "", false},
		{"clone123", "by hand", "", false},
		{"CLONE_A1", "by hand", "", false},
		{"12345678", "by hand", "", false},
		{"c1", "by hand", "", false},
	} {
		c := parseCloneID(tt.id)
		made := ""
		if !c.Made.IsZero() {
			made = c.Made.Format(time.DateOnly)
		}
		if c.Form != tt.form || made != tt.made || (c.problem(o) != "") != tt.suspicious {
			t.Errorf("%s is %s of %s, problem %q; want %s of %s", tt.id, c.Form, made, c.problem(o), tt.form, tt.made)
		}
	}
}
