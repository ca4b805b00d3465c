package affinity

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
)

// cloneID is what the form of a clone ID tells. The forms rest on published IDs, not on a text of IBM.
type cloneID struct {
	Form string    // "clock", "uuid", "number", "placeholder", "near-clock", "near-uuid" or byHand
	Made time.Time // of a clock: when the profile was created, to the second
}

const (
	clockDigits = "0123456789abcdefghijklmnopqrstuv"
	byHand      = "by hand"
)

// parseCloneID tells the forms of clone IDs apart: traditional servers write the time of their creation in base 32,
// Liberty a UUID.
func parseCloneID(id string) cloneID {
	lower := strings.ToLower(id)
	switch {
	case isPlaceholder(lower):
		return cloneID{Form: "placeholder"}
	case isUUID(id):
		return cloneID{Form: "uuid"}
	// a partition ID of memory-to-memory sessions is such a number (R28); a shorter one may be set by hand
	case len(id) >= 15 && check.AllOf(id, "0123456789"):
		return cloneID{Form: "number"}
	// eight digits of base 32 last until 2004, nine from then on; a name of letters alone, or a number, is somebody's
	// own
	case (len(id) == 8 || len(id) == 9) && check.AllOf(id, clockDigits) && strings.ContainsAny(id, "0123456789") &&
		!check.AllOf(id, "0123456789"):
		made := clock(id)
		if made.Year() < 1998 || made.Year() > 2099 { // letters and digits, but no time at which a server was made
			return cloneID{Form: byHand}
		}
		return cloneID{Form: "clock", Made: made}
	case (len(id) == 8 || len(id) == 9) && nearClock(id):
		return cloneID{Form: "near-clock"}
	case nearUUID(lower):
		return cloneID{Form: "near-uuid"}
	}
	return cloneID{Form: byHand}
}

// isPlaceholder: a word for what stands there, the marks of a template, or nothing but dots, question marks or
// crosses.
func isPlaceholder(lower string) bool {
	named := strings.Contains(lower, "clone_id") || strings.Contains(lower, "clone-id") ||
		strings.Contains(lower, "cloneid")
	return named && digits(lower) == 0 || strings.ContainsAny(lower, "${}<>%@") ||
		lower == "changeme" || lower == "placeholder" || lower != "" &&
		(check.AllOf(lower, ".?-_") || check.AllOf(lower, "x") && len(lower) > 1)
}

// nearClock: digits and letters mixed as a clock has them, but with capitals, or with letters that base 32 does not
// have.
func nearClock(id string) bool {
	lower := strings.ToLower(id)
	if id != lower && check.AllOf(lower, clockDigits) {
		return id[0] >= '0' && id[0] <= '9' && digits(id) >= 2
	}
	return len(id) == 9 && id[0] == '1' && check.AllOf(id, clockDigits+"wxyz") && digits(id) >= 4
}

// nearUUID: hexadecimal digits in the groups of a UUID, of which some are too long, too short or missing.
func nearUUID(lower string) bool {
	dashes := strings.Count(lower, "-")
	return check.AllOf(lower, "0123456789abcdef-") && (dashes == 4 || dashes > 1 && len(lower) > 13 &&
		lower[8] == '-' &&
		lower[13] == '-')
}

// digits counts the decimal digits: what a word that somebody typed has few of.
func digits(s string) (n int) {
	for _, c := range s {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// isUUID takes either letter case. Liberty's clone IDs are UUIDs.
func isUUID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i, c := range []byte(id) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && strings.IndexByte("0123456789abcdefABCDEF", c) < 0 {
			return false
		}
	}
	return true
}

// clock reads milliseconds since 1970 in base 32.
func clock(id string) time.Time {
	var ms int64
	for _, c := range id {
		ms = ms*32 + int64(strings.IndexRune(clockDigits, c))
	}
	return time.UnixMilli(ms).UTC()
}

// problem says what is suspicious about a clone ID, "" when nothing is. Two days of future are left to clocks that are
// wrong.
func (c cloneID) problem(o *lint.Options) string {
	switch c.Form {
	case "placeholder":
		return "looks like a placeholder that nobody replaced"
	case "number":
		return "is a long decimal number, like a partition ID, and no clone ID"
	case "near-clock":
		return "looks like a clock in base 32 but has capitals or letters behind v, which the server does not write"
	case "near-uuid":
		return "looks like a UUID that was cut or extended"
	case "clock":
		if !o.Now.IsZero() && c.Made.After(o.Now.AddDate(0, 0, 2)) {
			return fmt.Sprintf("reads as a clock of %s, which is in the future", c.Made.Format(time.DateOnly))
		}
	}
	return ""
}

// madeOn says when an ID was made that is a clock reading: two servers that have it are one profile and its copy.
func madeOn(id string) string {
	if c := parseCloneID(id); c.Form == "clock" {
		return "; the ID is a clock reading of " + c.Made.Format(time.DateOnly) +
			", so one profile is a copy of the other"
	}
	return ""
}
