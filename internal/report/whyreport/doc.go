// Package whyreport writes the answers of why: who gets a request and why, and which requests lead to a name. It is a
// room of its own, as a browser loads it, too: it links no other report. Start with why.go.
package whyreport
