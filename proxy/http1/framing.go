package http1

import "strconv"

// take notes what framing and connection fields say. Equal lengths that stand twice are refused, too: RFC 9112, 6.3
// allows either.
func (h *Head) take(f *Field, buf []byte) error {
	value := f.Text(buf)
	switch f.Kind {
	case ContentLength:
		n, ok := decimal(value)
		if !ok {
			return errLength
		}
		if h.Length >= 0 {
			return errTwoLengths
		}
		h.Length = n
		h.Loose = h.Loose || !f.plain(buf) || len(value) > 1 && value[0] == '0'
	case TransferEncoding:
		if h.Chunked {
			return errTwoCodings
		}
		if !EqualFold(value, "chunked") {
			return errCoding
		}
		h.Chunked = true
		h.Loose = h.Loose || !f.plain(buf)
	case Connection:
		h.connection(value)
	}
	return nil
}

// plain reports whether one blank stands before the value and nothing behind it: "Content-Length: 5" and no other
// form, such as "Content-Length:\t5 ", which a member may take for no length.
func (f *Field) plain(buf []byte) bool {
	return f.Value == f.NameEnd+2 && buf[f.NameEnd+1] == ' ' && f.ValueEnd+2 == f.End
}

// AppendFraming appends the field that frames the message, written as everybody reads it.
func (h *Head) AppendFraming(dst []byte) []byte {
	switch {
	case h.Chunked:
		dst = append(dst, "Transfer-Encoding: chunked\r\n"...)
	case h.Length >= 0:
		dst = append(strconv.AppendInt(append(dst, "Content-Length: "...), h.Length, 10), "\r\n"...)
	}
	return dst
}

// decimal reads 1 to 18 digits behind at most maxZeros, and nothing else: no sign, no list, nothing that overflows an
// int64. "+5", "0x5" and "5, 5" are numbers to some readers, and so two messages.
func decimal(b []byte) (n int64, ok bool) {
	zeros := 0
	for len(b) > 1 && b[0] == '0' && zeros <= maxZeros {
		b, zeros = b[1:], zeros+1
	}
	if len(b) == 0 || len(b) > 18 || zeros > maxZeros {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
