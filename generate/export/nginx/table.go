package nginx

import (
	"regexp"
	"strings"
)

// row is a text that is looked for and what it leads to. Key is what is looked up: the text with what else counts.
type row struct{ key, text, value string }

// table writes a look-up that minds letter case, and returns its variable: name is that of the variable, key and text
// are what is asked, next is what counts where nothing is found.
//
// The map finds a text whatever its case, and gives it back beside the value; the second map compares both. Texts that
// differ in case alone, and those with a $, which nginx takes for a variable, are looked for one by one.
func (w *writer) table(name, key, text string, rows []row, next string) string {
	plain, special := divide(rows)
	w.line("map %q $%s_hit {", key, name)
	for _, r := range plain {
		w.out.WriteString("    " + word(r.key) + " " + word(r.text+" "+r.value) + ";\n")
		w.longest = max(w.longest, len(r.key))
	}
	w.keys = max(w.keys, len(plain))
	w.line("}")
	w.line("map \"%s $%s_hit\" $%s {", text, name, name)
	w.line("    default %s;", next)
	w.line(`    "~^(?<%s_same>\S*) \k<%s_same> (?<%s_to>\S+)$" $%s_to;`, name, name, name, name)
	w.line("}")
	if len(special) == 0 {
		return "$" + name
	}
	w.line("map %q $%s_special {", key, name)
	w.line("    default $%s;", name)
	for _, r := range special {
		w.line("    %s %s;", word("~^"+regexp.QuoteMeta(r.key)+"$"), r.value)
	}
	w.line("}")
	return "$" + name + "_special"
}

// divide keeps rows apart that a map cannot hold.
func divide(rows []row) (plain, special []row) {
	count := make(map[string]int, len(rows))
	for _, r := range rows {
		count[strings.ToLower(r.key)]++
	}
	for _, r := range rows {
		if count[strings.ToLower(r.key)] > 1 || strings.Contains(r.key, "$") {
			special = append(special, r)
		} else {
			plain = append(plain, r)
		}
	}
	return plain, special
}
