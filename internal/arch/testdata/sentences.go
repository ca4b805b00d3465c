package failover

import (
	"fmt" // want sentence
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

var names = [...]string{"affinity", "next-primary"}

func told(member string) string {
	return member + " is marked down" // want sentence
}

func counted(n int) string {
	return fmt.Sprint("attempts: ", n)
}

func quoted(name string) string {
	return diag.Sprintf("%q", name) // want sentence
}

func listed(names []string) string {
	return strings.Trim(strings.Join(names, "; or "), " \t") // want sentence
}
