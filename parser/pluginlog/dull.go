package pluginlog

import "strings"

// A trace compares every pattern of the file with every request: most of its lines are of a few kinds, which nobody
// wants who adds a log up. Of those a look at how the message begins tells the kind, and nothing else is read.

// dullLines are beginnings of messages that are of one kind whatever follows, as parse reads them.
var dullLines = []struct {
	kind Kind
	head string
}{
	{URICompared, "TRACE: ws_common: websphereUriMatch: Comparing "},
	{AliasCompared, "TRACE: ws_common: websphereVhostMatch: Comparing "},
	{URINotMatched, "TRACE: ws_common: websphereUriMatch: Failed to match"},
	{CookieSought, "TRACE: lib_htrequest: htrequestGetCookieValue: Looking for cookie: "},
	{CloneSought, "TRACE: ws_server_group: serverGroupFindClone: Looking for clone"},
	{CloneCompared, "TRACE: ws_server_group: serverGroupFindClone: Comparing curCloneID "},
	{FirstPrimary, "TRACE: ws_server_group: serverGroupGetFirstPrimaryServer: getting"},
	{NextPrimary, "TRACE: ws_server_group: serverGroupGetNextPrimaryServer: getting"},
	{ConnectTimeoutSet, "TRACE: ws_common: websphereGetStream: Have a connect timeout of "},
	{Executing, "TRACE: ws_common: websphereExecute: Executing the transaction"},
}

// dullHeads are the beginnings of the kinds that are not wanted, by two of their bytes.
type dullHeads [64][]string

func dullOf(want *Kinds) (d dullHeads) {
	for _, l := range dullLines {
		if !want.Has(l.kind) {
			at := dullPlace(l.head)
			d[at] = append(d[at], l.head)
		}
	}
	return d
}

// dullPlace tells the beginnings apart: the first two bytes of functions are the same, these are not.
func dullPlace(message string) byte { return (message[26] ^ message[33]<<1) % 64 }

// has reports whether a message is of a kind that is not wanted.
func (d *dullHeads) has(message string) bool {
	if len(message) < 48 || message[0] != 'T' {
		return false
	}
	for _, head := range d[dullPlace(message)] {
		if strings.HasPrefix(message, head) {
			return true
		}
	}
	return false
}
