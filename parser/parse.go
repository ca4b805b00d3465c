package parser

import "github.com/wasplug/wasplug/parser/diag"

// Parse reads a file. It always returns a Config, as whole as could be read, and every fault of the text in one run:
// WP101 (not well-formed, limits), WP102 (not a Config, several roots), WP111 (encoding). It reads on behind a fault.
func Parse(f diag.FileID, src []byte) (*Config, []diag.Diagnostic) { panic("helper") }

// View returns the typed view on a document, parsed or built.
func View(doc *Document) *Config { panic("helper") }
