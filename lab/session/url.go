package session

import (
	"net/http"
	"strings"
)

// asked lists what a request says of its session, in the order in which it is tried: cookies (S7), or the URL when
// none came (S13). What is too short is passed over (S6).
func (f *form) asked(r *http.Request, rewriting bool) (values []Value) {
	cookies := r.CookiesNamed(f.name)
	for _, c := range cookies {
		if v, ok := f.parse(c.Value); ok {
			values = append(values, v)
		}
	}
	if len(cookies) > 0 || !rewriting {
		return values
	}
	if v, ok := f.parse(f.inURL(r.URL.Path)); ok {
		values = append(values, v)
	}
	return values
}

// inURL is the value in a path, or "": of /shop/cart;jsessionid=0001ID:m1;v=2 it is 0001ID:m1.
func (f *form) inURL(path string) string {
	_, value, _ := strings.Cut(path, ";"+f.identifier+"=")
	value, _, _ = strings.Cut(value, ";")
	return value
}

// encode puts a value into a URL, in place of one that is there (S13). A value that could end an attribute of a page
// or begin a parameter is left out.
func (f *form) encode(url string, v Value) string {
	text := f.text(v)
	if strings.ContainsAny(text, "<>&!'()\"") {
		return url
	}
	prefix := ";" + f.identifier + "="
	path, rest := url, ""
	if at := strings.IndexAny(url, "?#"); at >= 0 {
		path, rest = url[:at], url[at:]
	}
	before, old, found := strings.Cut(path, prefix)
	if found {
		if at := strings.IndexByte(old, ';'); at >= 0 { // another path parameter
			rest = old[at:] + rest
		}
	}
	return before + prefix + text + rest
}
