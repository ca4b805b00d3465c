package lab

import (
	"fmt"
	"os"
	"strings"
)

// Memory is what the process occupies of the machine's memory (VmRSS), in bytes; 0 where the system does not tell, as
// without /proc.
func (m *Member) Memory() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.Pid()))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	var kilobytes int64
	fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10
}
