package http1

import "bytes"

// connection reads a Connection field (RFC 9110, 7.6.1). There may be several, and one that says close wins: nothing
// is ever taken back.
func (h *Head) connection(value []byte) {
	for len(value) > 0 {
		var token []byte
		token, value = nextToken(value)
		switch {
		case len(token) == 0:
		case EqualFold(token, "close"):
			h.Close = true
		case EqualFold(token, "keep-alive"):
			h.KeepAlive = true
		case EqualFold(token, "upgrade"):
			h.Upgrades = true
		default:
			h.Nominates = true
		}
	}
}

// Nominated reports whether a Connection field names this field: then it ends here.
func (h *Head) Nominated(f *Field, buf []byte) bool { return h.nominates(View(f.Name(buf)), buf) }

// Nominations is for Chunks.Ends: what Connection names ends here in the trailers, too. buf has to stay as it is until
// the body is over.
func (h *Head) Nominations(buf []byte) func(name []byte) bool {
	if !h.Nominates {
		return nil
	}
	return func(name []byte) bool { return h.nominates(View(name), buf) }
}

// nominates walks through the Connection fields again for each name: that is asked of few messages (Nominates), so
// nothing is kept for it.
func (h *Head) nominates(name string, buf []byte) bool {
	for i := range h.Fields {
		if h.Fields[i].Kind != Connection {
			continue
		}
		for value := h.Fields[i].Text(buf); len(value) > 0; {
			var token []byte
			if token, value = nextToken(value); EqualFold(token, name) {
				return true
			}
		}
	}
	return false
}

// nextToken cuts the first member of a comma-separated list.
func nextToken(list []byte) (token, rest []byte) {
	token, rest, _ = bytes.Cut(list, []byte{','})
	return bytes.Trim(token, " \t"), rest
}
