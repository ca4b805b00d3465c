package http1

import "slices"

var errTrailerName = bad("a trailer names a field that frames or routes the message")

// headOnly are fields, beside those with a Kind, that mean nothing good behind a body: whoever joins trailers with
// the head would take them for part of it (RFC 9110, 6.5.1).
var headOnly = []string{
	"accept-encoding", "age", "authorization", "cache-control", "content-encoding", "content-location",
	"content-range", "content-type", "expires",
	"forwarded", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "location",
	"max-forwards", "pragma",
	"proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "range", "retry-after", "set-cookie",
	"trailer", "vary", "via",
	"www-authenticate", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
	"x-http-method-override",
}

// goesAsTrailer reports whether a field goes on behind a body; others are dropped without a word, as trailers may be
// on their way (RFC 9110, 6.5.1). The error is about one that frames the message, or says where it goes: framing and
// Host, and in a request cookies and private headers, too.
func (f *Field) goesAsTrailer(line []byte, answer bool) (goes bool, err error) {
	switch f.Kind {
	case Other:
		name := f.Name(line)
		return !slices.ContainsFunc(headOnly, func(known string) bool { return EqualFold(name, known) }), nil
	case ContentLength, TransferEncoding, Host:
		return false, errTrailerName
	case Cookie, Private:
		if !answer {
			return false, errTrailerName
		}
	}
	return false, nil
}
