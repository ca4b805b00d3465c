package session

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Value is what a cookie or a URL says of a session (S1).
type Value struct {
	CacheID int
	ID      string
	Clones  string // clone or partition IDs, each with its separator in front, as they came
}

// form is how an application's values are written: "0001" + 23 characters + ":m1:m2". It is set once for a manager.
type form struct {
	digits           int // of the cache ID: 4, or 0 (S21)
	length           int // of the session ID
	separator        string
	own              string   // clone ID or partition ID of this member
	partition        bool     // own is a partition ID
	front            bool     // NoAffinitySwitchBack: the own ID goes in front of the list (S9)
	expected         []string // ExpectedCloneIDs; none: any ID may stand in the list (S11)
	name, identifier string
}

// parse reads a value; false: it is passed over (S6). An empty ID: it was one, but names no session.
func (f *form) parse(s string) (v Value, ok bool) {
	if len(s) < f.digits+f.length {
		return Value{}, false
	}
	v.CacheID = cacheID(s[:f.digits])
	at := strings.Index(s, f.separator)
	switch {
	case at < 0:
		v.ID = s[f.digits:]
	case at >= f.digits: // before that there is no ID (S6)
		v.ID, v.Clones = s[f.digits:at], s[at:]
	}
	if len(v.ID) > f.length {
		v.ID = ""
	}
	if f.suspicious(v.Clones) {
		v.Clones = ""
	}
	return v, true
}

// cacheID reads the digits in front; what is no number counts as 0 (S6).
func cacheID(digits string) int {
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return 0
	}
	return int(n)
}

// suspicious says that a clone ID is not one of those that are expected, which makes the whole list worthless (S11,
// PI18177): it was written by a server outside of the cluster, or by the client.
func (f *form) suspicious(clones string) bool {
	if len(f.expected) == 0 {
		return false
	}
	for id := range strings.SplitSeq(clones, f.separator) {
		if id != "" && !slices.Contains(f.expected, id) {
			return true
		}
	}
	return false
}

// named says that the list names this member: by a search for the substring, so m1 is found in m10 (S10). A partition
// ID stays whoever serves (M14).
func (f *form) named(clones string) bool {
	return f.own == "" || f.partition && clones != "" || strings.Contains(clones, f.separator+f.own)
}

// list puts this member into a list of clone IDs: behind the others, so that the plug-in, which takes the first that
// it can reach, goes back to the old home once that is up; with NoAffinitySwitchBack in front (S9). By the substring
// test of S10 it cuts other IDs to pieces there, as WebSphere does: :x:m10 becomes :m1:x0.
func (f *form) list(clones string) string {
	mine := f.separator + f.own
	if f.own == "" || f.partition && clones != "" {
		return clones
	}
	at := strings.Index(clones, mine)
	if !f.front && at < 0 {
		return clones + mine
	}
	if !f.front || at == 0 {
		return clones
	}
	if at > 0 {
		clones = clones[:at] + clones[at+len(mine):]
	}
	return mine + clones
}

// text writes a value.
func (f *form) text(v Value) string {
	if f.digits == 0 {
		return v.ID + v.Clones
	}
	return fmt.Sprintf("%04d%s%s", v.CacheID, v.ID, v.Clones)
}

// setCookie is the header (S14).
func (f *form) setCookie(v Value) string { return f.name + "=" + f.text(v) + "; Path=/; HttpOnly" }

// answer is the value that goes out with a session, and whether it has to (S8).
func (f *form) answer(asked Value, id string, cacheID int) (v Value, send bool) {
	clones := asked.Clones
	if asked.ID != id {
		clones = "" // they are of another session, whose members do not have this one (S9, PM02781)
	}
	v = Value{CacheID: cacheID, ID: id, Clones: f.list(clones)}
	differs := f.digits > 0 && asked.CacheID != cacheID
	return v, asked.ID == "" || asked.ID != id || differs || !f.named(asked.Clones)
}

// following is the cache ID after another: the copy came from the store (S4).
func following(cacheID int) int {
	if cacheID >= 9999 {
		return 1
	}
	return cacheID + 1
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// newID draws a session ID, 6 random bits a character (S2).
func newID(random io.Reader, length int) (string, error) {
	id := make([]byte, length)
	if _, err := io.ReadFull(random, id); err != nil {
		return "", fmt.Errorf("no random bits for a session ID: %w", err)
	}
	for i, b := range id {
		id[i] = alphabet[b&63]
	}
	return string(id), nil
}
