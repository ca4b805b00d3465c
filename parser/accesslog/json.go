package accesslog

import (
	"encoding/json"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// jsonFields are the facts of a record and the names that logs give to them, the first that is there counting.
var jsonFields = map[string][]string{
	"request":  {"request", "request_line"},
	"url":      {"url", "uri", "request_uri", "target", "path"},
	"query":    {"query", "query_string", "args"},
	"method":   {"method", "request_method", "verb"},
	"host":     {"host", "vhost", "http_host", "server_name", "authority"},
	"scheme":   {"scheme", "protocol"},
	"port":     {"port", "server_port"},
	"cookie":   {"cookie", "cookies", "http_cookie"},
	"status":   {"status", "status_code", "response"},
	"client":   {"client", "remote_addr", "client_ip", "ip", "remote"},
	"time":     {"time", "timestamp", "@timestamp", "ts"},
	"micros":   {"microseconds", "micros", "duration_us"},
	"duration": {"duration", "request_time", "took"}, // seconds
	"was":      {"was", "WAS"},
	"member":   {"member"},
	"id":       {"unique_id", "was_unique_id", "WAS_UNIQUE_ID"},
}

// JSON is the form of one JSON object a line. fields name the facts otherwise than is usual: url=request_line,host=vh.
func JSON(fields string) (*Format, error) {
	own := map[string][]string{}
	for pair := range strings.SplitSeq(fields, ",") {
		fact, name, ok := strings.Cut(pair, "=")
		if pair == "" {
			continue
		}
		if jsonFields[fact] == nil || !ok || name == "" {
			var facts []string
			for f := range jsonFields {
				facts = append(facts, f)
			}
			return nil, diag.Errorf("%q: want FACT=FIELD%s; facts are request, url, query, method, host, scheme, "+
				"port, cookie, status, client, time, micros, duration, was, member and id",
				pair, diag.DidYouMean(fact, facts))
		}
		own[fact] = append(own[fact], name)
	}
	return &Format{Name: "json", parse: jsonParser(own)}, nil
}

// object is a line.
type object struct {
	values map[string]any
	own    map[string][]string
}

// text is a fact as text, "" where it is not there.
func (o *object) text(fact string) string {
	names := o.own[fact]
	if names == nil {
		names = jsonFields[fact]
	}
	for _, name := range names {
		switch v := o.values[name].(type) {
		case string:
			return known(v)
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// jsonParser reads objects whose fields have the usual names, or those of own for the facts that stand in it.
func jsonParser(own map[string][]string) func(line string, r *Record) bool {
	return func(line string, r *Record) bool {
		if !strings.HasPrefix(line, "{") {
			return false
		}
		o := object{own: own}
		d := json.NewDecoder(strings.NewReader(line))
		// A number stays the text that it is: 0.001 of a duration, 80 of a port.
		d.UseNumber()
		// With something behind the object the line is of another form.
		if err := d.Decode(&o.values); err != nil || d.More() {
			return false
		}
		o.into(r)
		return true
	}
}

// into fills a record with the facts that are there. A request line is what the client sent: the field of a URL only
// stands in for one.
func (o *object) into(r *Record) {
	if line := o.text("request"); strings.Contains(line, " ") {
		storeRequest(r, line)
	}
	if url := o.text("url"); r.Target == "" && url != "" {
		parseURL(url, r)
		if q := o.text("query"); q != "" && !strings.Contains(r.Target, "?") {
			r.Target += "?" + strings.TrimPrefix(q, "?")
		}
	}
	set := func(to *string, fact string) {
		if v := o.text(fact); v != "" {
			*to = v
		}
	}
	set(&r.Method, "method")
	set(&r.Host, "host")
	set(&r.Client, "client")
	set(&r.Cookie, "cookie")
	set(&r.WAS, "was")
	set(&r.Member, "member")
	set(&r.ID, "id")
	if s := strings.ToLower(o.text("scheme")); s == "http" || s == "https" {
		r.Scheme = s
	}
	if n, ok := number(o.text("status")); ok && n < 1000 {
		r.Status = int(n)
	}
	if n, ok := number(o.text("port")); ok && n < 1<<16 {
		r.Port = int(n)
	}
	r.Time, r.East = anyTime(o.text("time"))
	if n, ok := number(o.text("micros")); ok {
		r.Micros = n
	} else if s := o.text("duration"); s != "" {
		r.Micros = micros(s)
	}
}
