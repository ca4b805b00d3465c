package wspt

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Form is the name of the form, for Options.PartitionForm.
const Form = "lab-wspt-1"

// The header fields in which it comes, and in which the process says the version that it has, -1 for none.
const (
	TableField   = "$WSPT"
	VersionField = "_WS_HAPRT_WLMVERSION"
)

// most entries that a table can have, and most members of one: answers come from outside, and a table is kept.
const most = 1024

// Parse reads PARTITION=CLONE[,CLONE...][;...]: the clone IDs of the members that have a partition's sessions, the one
// to be asked first in front.
func Parse(text string) (map[string][]string, error) {
	table := map[string][]string{}
	if text == "" {
		return table, nil
	}
	for entry := range strings.SplitSeq(text, ";") {
		id, clones, ok := strings.Cut(entry, "=")
		switch _, twice := table[id]; {
		case !ok || !isPartition(id):
			return nil, diag.Errorf("partition table: %q is not PARTITION=CLONE", entry)
		case twice:
			return nil, diag.Errorf("partition table: %s stands there twice", id)
		case len(table) == most:
			return nil, diag.Errorf("partition table: more than %d entries", most)
		}
		for clone := range strings.SplitSeq(clones, ",") {
			if !isClone(clone) || len(table[id]) == most {
				return nil, diag.Errorf("partition table: %q of %s is no clone ID", clone, id)
			}
			table[id] = append(table[id], clone)
		}
	}
	return table, nil
}

// isPartition takes digits, as many as a number of 64 bits can have.
func isPartition(id string) bool {
	return id != "" && len(id) <= 20 && strings.Trim(id, "0123456789") == ""
}

// isClone takes anything in which no other reader of the table could see a boundary. A colon or plus sign, which parts
// clone IDs in a cookie, is the core's to judge.
func isClone(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r == '=' || r == 0x7f })
}
