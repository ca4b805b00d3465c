package admin

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Name names a member.
type Name struct{ Cluster, Member string }

// Change is what an administrator says of a member beside the file. The zero one is none: what the file says holds.
type Change struct {
	Weight   *int // in place of LoadBalanceWeight, from 0 on; 0 drains the member (R36)
	Disabled bool // it stands in neither list, so that its sessions leave it, too (R40)
}

// String is what the status page says of the change, "" of none.
func (c Change) String() string {
	switch {
	case c.Disabled:
		return "disabled"
	case c.Weight == nil:
		return ""
	case *c.Weight == 0:
		return "drained"
	}
	return fmt.Sprintf("weight %d", *c.Weight)
}

// Changer takes changes. by says who asks, for the log. The error says why a change would not do what it says. When it
// returns nil the change is at work.
type Changer interface {
	Change(ctx context.Context, n Name, c Change, by string) error
}

// most is the largest weight that is taken: what a hand-edited file may have, and far from where sums of weights end.
const most = 10000

// readChange reads a change from a form: cluster, member, and do, which is drain, disable, reset, or weight with
// weight.
func readChange(r *http.Request) (n Name, c Change, err error) {
	n = Name{r.PostFormValue("cluster"), r.PostFormValue("member")}
	weight := 0
	switch do := r.PostFormValue("do"); do {
	case "disable":
		c.Disabled = true
	case "drain":
		c.Weight = &weight
	case "reset":
	case "weight":
		if weight, err = strconv.Atoi(r.PostFormValue("weight")); err != nil || weight < 0 || weight > most {
			err = diag.Errorf("weight %q: want a number from 0 to %d", r.PostFormValue("weight"), most)
		}
		c.Weight = &weight
	default:
		err = diag.Errorf("do %q: want drain, disable, weight or reset", do)
	}
	return n, c, err
}

// change does what a form asks. Who asks has shown the token, so the name beside it may be believed or not.
func (a *Handler) change(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	n, c, err := readChange(r)
	if err == nil {
		user, _, _ := r.BasicAuth()
		err = a.changer.Change(r.Context(), n, c, cmp.Or(user, "token")+" from "+r.RemoteAddr)
	}
	back, _ := url.ParseQuery(strings.TrimPrefix(r.PostFormValue("back"), "?")) // what cannot be read is left out
	switch {
	case err == nil:
		http.Redirect(w, r, "/?"+back.Encode(), http.StatusSeeOther)
	case strings.Contains(r.Header.Get("Accept"), "text/html"):
		back.Del("live") // an address to which the form was sent cannot be asked again
		p := newPage(a.snapshot().Status, back)
		p.Problem = err.Error()
		a.write(w, http.StatusBadRequest, p)
	default:
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}
