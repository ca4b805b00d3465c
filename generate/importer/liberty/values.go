package liberty

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// variable is one that the file defines.
type variable struct {
	value     string
	isDefault bool // bootstrap.properties, server.env or the command line may give another
}

var reference = lazy.Regexp(`\$\{([^{}]*)\}`)

// expand puts in what the file says of variables. One that it does not define is named, and the attribute is not
// taken.
// Variables inside of values of variables are not followed: only the server knows all of them.
func (r *reader) expand(a *parser.Attr) (text string, ok bool) {
	ok = true
	text = reference().ReplaceAllStringFunc(a.Value, func(ref string) string {
		name := ref[2 : len(ref)-1]
		v, known := r.variables[name]
		switch {
		case !known:
			r.warn(a.Span, "variable ${%s} is not defined in this file: %s is not taken over", name, a.Name)
			ok = false
		case v.isDefault:
			r.warn(a.Span, "%s is taken from the default of variable ${%s}: bootstrap.properties, "+
				"server.env or the command line "+
				"may say something else", a.Name, name)
		}
		return v.value
	})
	if ok && strings.Contains(text, "${") {
		r.warn(a.Span, "%s is %q, with a variable in a variable: it is not taken over", a.Name, text)
		ok = false
	}
	return strings.TrimSpace(text), ok
}

// asText takes a text.
func asText(_ *reader, _ string, _ *parser.Attr, text string) *yamldoc.Node {
	if text == "" {
		return nil
	}
	return yamldoc.NewText(text)
}

// asBool takes true or false, as servers read them: in any case.
func asBool(r *reader, _ string, a *parser.Attr, text string) *yamldoc.Node {
	switch lower := strings.ToLower(text); lower {
	case "true", "false":
		return yamldoc.NewPlain(lower)
	}
	r.warn(a.Span, "%s is %q: want true or false; it is not taken over", a.Name, text)
	return nil
}

// asNumber takes a number of a range.
func asNumber(least, most int) func(*reader, string, *parser.Attr, string) *yamldoc.Node {
	return func(r *reader, _ string, a *parser.Attr, text string) *yamldoc.Node {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			r.warn(a.Span, "%s is %q: want a number from %d to %d; it is not taken over", a.Name, text, least, most)
			return nil
		}
		return yamldoc.NewPlain(strconv.Itoa(n))
	}
}

// asWord takes one of a few words, in the words of a topology.
func asWord(words map[string]string) func(*reader, string, *parser.Attr, string) *yamldoc.Node {
	return func(r *reader, _ string, a *parser.Attr, text string) *yamldoc.Node {
		if word := words[text]; word != "" {
			return yamldoc.NewText(word)
		}
		r.warn(a.Span, "%s is %q: want one of %s; it is not taken over", a.Name, text,
			strings.Join(slices.Sorted(maps.Keys(words)), ", "))
		return nil
	}
}

var (
	durationForm = lazy.Regexp(`^(?:[0-9]{1,9}(?:d|h|ms|m|s))+$`)
	// ms first, or 5ms would be read as five minutes
	durationPart = lazy.Regexp(`([0-9]+)(ms|[dhms])`)
	unitMillis   = map[string]int64{"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
)

// seconds reads a duration as Liberty does where a bare number counts seconds: 90, 90s, 1m30s.
func seconds(text string) (n int64, ok bool) {
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return n, true
	}
	if !durationForm().MatchString(text) {
		return 0, false
	}
	for _, part := range durationPart().FindAllStringSubmatch(text, -1) {
		count, _ := strconv.ParseInt(part[1], 10, 64) // nine digits at most
		n += count * unitMillis[part[2]]
	}
	return n / 1000, true
}

// asDuration takes a time of whole seconds, written as a topology has times; below 0 it is none.
func asDuration(r *reader, key string, a *parser.Attr, text string) *yamldoc.Node {
	n, ok := seconds(text)
	switch {
	case !ok:
		r.warn(a.Span, "%s is %q: want a time such as 30m, 1h30m or 90; it is not taken over", a.Name, text)
		return nil
	case n < 0 && key == "reaperInterval":
		return nil // the server's own choice, as in a topology without the key
	case n < 0:
		r.warn(a.Span, "a topology cannot say %s %q", a.Name, text)
		return nil
	}
	return duration(n)
}

// duration writes 30m where that is exact, else seconds.
func duration(seconds int64) *yamldoc.Node {
	if seconds > 0 && seconds%60 == 0 {
		return yamldoc.NewPlain(strconv.FormatInt(seconds/60, 10) + "m")
	}
	return yamldoc.NewPlain(strconv.FormatInt(seconds, 10) + "s")
}

// asMinutes takes a number of minutes.
func asMinutes(r *reader, _ string, a *parser.Attr, text string) *yamldoc.Node {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		r.warn(a.Span, "%s is %q: want minutes from 1 on; it is not taken over", a.Name, text)
		return nil
	}
	return duration(60 * n)
}

// asSeconds takes seconds as a number.
func asSeconds(r *reader, _ string, a *parser.Attr, text string) *yamldoc.Node {
	n, ok := seconds(text)
	if !ok || n < 1 {
		r.warn(a.Span, "%s is %q: want a time from 1 second on; it is not taken over", a.Name, text)
		return nil
	}
	return yamldoc.NewPlain(strconv.FormatInt(n, 10))
}
