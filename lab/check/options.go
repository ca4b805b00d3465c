package check

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

// Options say what is sent, and what is done meanwhile.
type Options struct {
	URL      string
	Header   http.Header    // sent with each request; Host stands for the Host header
	Insecure bool           // any certificate will do
	Trusted  *x509.CertPool // whose certificates do; nil: those whom the system trusts
	Count    *regexp.Regexp // its first group is the count
	Cookie   string         // name of the session cookie
	Form     *Form
	WhoFrom  string            // header that says who answers, "" for none
	Who      *regexp.Regexp    // its first group says who answers; nil for none
	Names    map[string]string // what people call a server, by what the answers call it

	Clients int           // 1 to MaxClients
	Every   time.Duration // from the start of a client's request to that of its next; MinEvery and more
	Timeout time.Duration // of a request
	Before  time.Duration // counting before the kill, and after what follows it

	Kill, Start    string // commands of the user's for the shell; "" for none
	CommandTimeout time.Duration
	Recovers       time.Duration // by when each client must have an answer again, and a started server serve
	// Ask asks a person to do what Kill would, and returns when it is done.
	Ask func(ctx context.Context) error
	// Predict says what is foretold of a client that has a cookie, of that name and value, when the server dies that
	// made its session; nil: nothing.
	Predict func(name, value, server string) (*Prediction, error)

	Persistence string       // of the servers, for the history; "" where nobody knows
	Say         func(string) // tells what is going on; nil: nobody listens
}

// The limits of what is sent: the servers are somebody's, perhaps in production, and this is no load test.
// maxRequests is for the whole check.
const (
	MaxClients  = 32
	MinEvery    = 100 * time.Millisecond
	maxRequests = 20_000
)

// Prediction is what 'wasplug why' says.
type Prediction struct {
	Owner   string // the member whose session it is, as the file calls it
	Text    string
	Session string // kept, empty, new, depends
	Changes string // all, none-lost-older-than, unwritten-lost, lost
	Bound   time.Duration
	Cookie  string // with <id>, <new>, <partition>; several joined by " or "
	Serves  []string
	Rules   []string
}

// Fits reports what is wrong with the options, in the words of the command line. Regular expressions were compiled by
// whoever made the options.
func (o *Options) Fits() error {
	rq, err := http.NewRequest(http.MethodGet, o.URL, nil)
	switch {
	case err != nil:
		return fmt.Errorf("--url: %w", err)
	case rq.URL.Scheme != "http" && rq.URL.Scheme != "https" || rq.URL.Host == "":
		return diag.Errorf("--url %q: want http://HOST/PATH or https://HOST/PATH", o.URL)
	case o.Count.NumSubexp() < 1:
		return diag.Errorf("--count %q: want a group around the number, as in 'Hit count.*?(\\d+)'", o.Count)
	case o.Who != nil && o.Who.NumSubexp() < 1:
		return diag.Errorf("--who %q: want a group around the name, as in 'served by (\\w+)'", o.Who)
	case o.Clients < 1 || o.Clients > MaxClients:
		return fmt.Errorf("--clients %d: want 1 to %d", o.Clients, MaxClients)
	case o.Every < MinEvery:
		return fmt.Errorf("--every %s: want %s or more", o.Every, MinEvery)
	case o.Timeout <= 0 || o.Before <= 0 || o.Recovers <= 0 || o.CommandTimeout <= 0:
		return errors.New("--timeout, --before, --recovers-in and --command-timeout are times above 0")
	case o.Kill == "" && o.Ask == nil:
		return errors.New("nobody kills: want --kill")
	}
	return nil
}
