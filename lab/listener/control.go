package listener

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Guard lets nobody through who does not show the token, as "Authorization: Bearer TOKEN". Any process of the machine
// can reach a loopback port, and what stands behind it kills.
func Guard(token string, inner http.Handler) http.Handler {
	want := []byte("Bearer " + token)
	return http.HandlerFunc(func(w http.ResponseWriter, rq *http.Request) {
		if subtle.ConstantTimeCompare([]byte(rq.Header.Get("Authorization")), want) != 1 {
			http.Error(w, "the token of the run is missing", http.StatusForbidden)
			return
		}
		inner.ServeHTTP(w, rq)
	})
}

// ServeFault orders a fault: /fault?do=reset&times=1, /fault?do=slow&ms=500, /fault?do=none.
func (l *Listener) ServeFault(w http.ResponseWriter, rq *http.Request) {
	f, err := readFault(rq)
	if err == nil {
		err = l.Set(f)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// readFault reads the parameters of /fault. do must be there: an order without it would end a fault by mistake.
func readFault(rq *http.Request) (f Fault, err error) {
	if f.Do = rq.FormValue("do"); f.Do == "none" {
		f.Do = ""
	} else if f.Do == "" {
		return f, fmt.Errorf("do is missing: want a fault, or none")
	}
	if f.Times, err = number(rq, "times"); err != nil {
		return f, err
	}
	ms, err := number(rq, "ms")
	f.For = time.Duration(ms) * time.Millisecond
	return f, err
}

// number reads a parameter, 0 where it is not given.
func number(rq *http.Request, name string) (int, error) {
	text := rq.FormValue(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s=%s: want a number from 0 on", name, text)
	}
	return n, nil
}

// ServeSeen writes what arrived, a line of JSON each: /seen, /seen?since=ORDER.
func (r *Recorder) ServeSeen(w http.ResponseWriter, rq *http.Request) {
	since, err := number(rq, "since")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	r.write(w, uint64(since))
}
