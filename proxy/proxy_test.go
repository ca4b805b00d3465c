package proxy

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(sharedtest.Waiting{M: m}) }

func TestPlainRequests(t *testing.T) {
	for _, pipes := range []bool{false, true} {
		w := start(t, pipes, site{members: 2}, Options{})
		v := w.visit()
		for i, want := range []string{"m1", "m2", "m1"} {
			if r := v.ask(get("/a?b=c")); r.status != 200 || r.member != want || r.body != want {
				t.Errorf("request %d: %+v", i, r)
			}
		}
		if r := v.ask(get("/", sticky("m1"))); r.member != "m1" {
			t.Errorf("sticky: %+v", r)
		}
		if r := v.ask("HEAD / HTTP/1.1\r\nHost: shop\r\n\r\n"); r.status != 200 || r.body != "" {
			t.Errorf("head: %+v", r)
		}
		if r := v.ask(post("hello", sticky("m2"))); r.member != "m2" {
			t.Errorf("post: %+v", r)
		}
		if f := w.fakes["m2"]; f.bodies[len(f.bodies)-1] != "hello" {
			t.Errorf("bodies %q", f.bodies)
		}
		if r := v.ask(get("/")); r.status != 200 {
			t.Errorf("after all: %+v", r)
		}
		v.Close()
		w.stop()
	}
}

func TestBodiesArriveWhole(t *testing.T) {
	for _, pipes := range []bool{false, true} {
		w := start(t, pipes, site{members: 1}, Options{})
		v := w.visit()
		for _, size := range []int{0, 1, 100, 16 << 10, 20000, 64 << 10, 64<<10 + 1, 1 << 20} {
			body := strings.Repeat("0123456789abcdef", size/16+1)[:size]
			for _, raw := range []string{post(body), postChunked(body), post(body, "Expect: 100-continue"),
				postChunked(body, "Expect: 100-continue")} {
				v.send(raw)
				r, err := v.read("POST")
				if r.status == 100 {
					r, err = v.read("POST")
				}
				if err != nil || r.status != 200 || r.close {
					t.Fatalf("%d bytes: %+v %v", size, r, err)
				}
				f := w.fakes["m1"]
				if got := f.bodies[len(f.bodies)-1]; got != body {
					t.Fatalf("%d bytes: %d arrived", size, len(got))
				}
			}
		}
		v.Close()
		w.stop()
	}
}

func TestOnlyMemberRefuses(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	w.refuse("m1")
	v := w.visit()
	defer v.Close()
	if r := v.ask(get("/")); r.status != 500 || r.close || w.connects("m1") != 2 {
		t.Errorf("%+v, %d connects", r, w.connects("m1"))
	}
}
