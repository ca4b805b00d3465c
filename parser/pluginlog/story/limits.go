package story

import "strings"

// Limits, so that a hostile or endless log cannot fill the memory.
const (
	maxOpen      = 1 << 10 // incidents that may go on at a time
	maxKept      = 1 << 11 // incidents that are over; beyond it the mildest are counted and dropped
	maxMarks     = 1 << 14 // marks of a member in a process that are followed
	maxMembers   = 1 << 12 // members of which it is known when they answered last
	maxWindows   = 1 << 13 // windows of five minutes, four weeks
	maxProcesses = 1000    // of one incident
	maxRanges    = 32      // ranges of lines of one incident
	maxTried     = 100     // members of one incident
	maxTexts     = 8       // of one incident
	maxTold      = 64      // lines about one attempt
	maxOfRequest = 16      // incidents that one request belongs to
	maxText      = 400     // bytes of a text or a name
)

// keep returns a copy of s, cut to what is worth keeping.
func keep(s string) string { return strings.Clone(s[:min(len(s), maxText)]) }
