package live

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/lab/listener"
)

// Remote are members elsewhere, by their control interface.
type Remote struct {
	URL    string // of the control interface
	Client *http.Client
}

// controlTimeout is how long the control interface may take for an answer.
const controlTimeout = 10 * time.Second

// call asks the control interface.
func (r *Remote) call(ctx context.Context, method, path string, read func(io.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, controlTimeout)
	defer cancel()
	rq, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(r.URL, "/")+path, nil)
	if err != nil {
		return err
	}
	rq.Header.Set(orderHeader, "1")
	client := r.Client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(rq)
	if err != nil {
		return fmt.Errorf("the members' control interface: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
		return fmt.Errorf("the members' control interface: %s: %s", answer.Status, strings.TrimSpace(string(text)))
	}
	return read(answer.Body)
}

// Names lists the members, as CLUSTER/SERVER.
func (r *Remote) Names(ctx context.Context) (names []string, err error) {
	err = r.call(ctx, http.MethodGet, "/members", func(body io.Reader) error {
		var list []memberAt
		if err := json.NewDecoder(body).Decode(&list); err != nil {
			return fmt.Errorf("the members' control interface: %w", err)
		}
		for _, m := range list {
			names = append(names, m.Member)
		}
		return nil
	})
	return names, err
}

// since lists what arrived behind a place in the order. The order is one for all members, and begins with 1.
func (r *Remote) since(ctx context.Context, order uint64) (out []listener.Seen, err error) {
	err = r.call(ctx, http.MethodGet, "/seen?since="+strconv.FormatUint(order, 10), func(body io.Reader) error {
		lines := bufio.NewScanner(body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var s listener.Seen
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				return fmt.Errorf("the members' control interface: %w", err)
			}
			out = append(out, s)
		}
		return lines.Err()
	})
	return out, err
}

// order lets a member fail: in one way after the other, in order. Each fault takes the place of the one before, so all
// but the last are there for what they do when they begin.
func (r *Remote) order(ctx context.Context, member string, faults ...listener.Fault) error {
	for _, f := range faults {
		form := url.Values{"member": {member}, "do": {cmp.Or(f.Do, "none")}, "times": {strconv.Itoa(f.Times)}}
		ignore := func(io.Reader) error { return nil }
		if err := r.call(ctx, http.MethodPost, "/fault?"+form.Encode(), ignore); err != nil {
			return err
		}
	}
	return nil
}
