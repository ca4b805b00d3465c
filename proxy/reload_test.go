package proxy

import (
	"context"
	"errors"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// The file is looked at when RefreshInterval has passed and a request arrives; that request still gets the old
// configuration.
func TestRefreshInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := site{members: 2, config: `RefreshInterval="10"`}
		w := start(t, true, one, Options{})
		defer w.stop()
		v := w.visit()
		defer v.Close()
		two := one
		two.uri = "/new/*"
		w.xml.Store(two.xml())
		if r := v.ask(get("/")); r.status != 200 {
			t.Errorf("before the interval: %+v", r)
		}
		time.Sleep(11 * time.Second)
		if r := v.ask(get("/")); r.status != 200 {
			t.Errorf("the request that starts the reload: %+v", r)
		}
		synctest.Wait()
		if r := v.ask(get("/")); r.status != 404 {
			t.Errorf("after the reload: %+v", r)
		}
		if r := v.ask(get("/new/x")); r.status != 200 {
			t.Errorf("after the reload: %+v", r)
		}
	})
}

// A source without a stamp never changes by itself, and is read where somebody asks for it.
func TestReloadWithoutStamp(t *testing.T) {
	w := &world{network: &network{members: nil}}
	w.xml.Store(site{members: 1, config: `RefreshInterval="1"`}.xml())
	source := w.source()
	source.Stamp = nil
	p, err := New(t.Context(), source, Options{Resolver: w.network})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Shutdown(context.Background())
	if next := p.reload.next.Load(); next != 0 {
		t.Errorf("its stamp is to be looked at, at %d", next)
	}
	if err := p.Reload(t.Context()); err != nil || p.gen.Load().Number != 2 {
		t.Errorf("%v, generation %d", err, p.gen.Load().Number)
	}
}

func TestBadFileIsRefused(t *testing.T) {
	one := site{members: 2}
	w := start(t, false, one, Options{})
	defer w.stop()
	for _, bad := range []string{
		"<Config><Route", strings.Replace(one.xml(), `ServerCluster="C"`, `ServerCluster="D"`, 1),
		strings.ReplaceAll(one.xml(), `"m2"`, `"unknown.invalid"`),
		strings.ReplaceAll(one.xml(), `Hostname="m2"`, `Hostname=""`),
	} {
		w.xml.Store(bad)
		if err := w.p.Reload(t.Context()); err == nil {
			t.Errorf("accepted: %s", bad)
		}
		if r := w.once(get("/")); r.status != 200 {
			t.Errorf("the old configuration is gone: %+v", r)
		}
	}
	logs := w.logs.String()
	for _, want := range []string{"plugin-cfg.xml:1:", "the old one stays in use", "WP201", "IgnoreDNSFailures",
		"its Transport has no Hostname"} {
		if !strings.Contains(logs, want) {
			t.Errorf("the log does not say %q:\n%s", want, logs)
		}
	}
	w.xml.Store(strings.Replace(strings.ReplaceAll(one.xml(), `Hostname="m2"`, `Hostname="unknown.invalid"`),
		"<Config ", `<Config IgnoreDNSFailures="true" `, 1))
	if err := w.p.Reload(t.Context()); err != nil {
		t.Error(err)
	}
	if r := w.once(get("/", sticky("m2"))); r.member != "m1" {
		t.Errorf("an unresolved member is not passed over: %+v", r)
	}
}

// TestPortThatIsNone: a Port beyond 65535 is not the port that is left of it in 16 bits.
func TestPortThatIsNone(t *testing.T) {
	one := site{members: 1}
	w := start(t, false, one, Options{})
	defer w.stop()
	w.xml.Store(strings.ReplaceAll(one.xml(), `Port="9080"`, `Port="74616"`))
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.once(get("/")); r.status != 500 {
		t.Errorf("a member was reached: %+v", r)
	}
}

// A request in flight ends on the configuration it began with.
func TestReloadInFlight(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	reached, release := make(chan bool), make(chan bool)
	w.fakes["m1"].act = func(f *fake, c net.Conn, rq *http.Request) bool {
		close(reached)
		<-release
		return good(f, c, rq)
	}
	v := w.visit()
	defer v.Close()
	v.send(get("/"))
	<-reached
	w.xml.Store(site{members: 2, uri: "/other"}.xml())
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(release)
	if r, err := v.read("GET"); err != nil || r.member != "m1" {
		t.Errorf("%+v %v", r, err)
	}
	if r := v.ask(get("/")); r.status != 404 {
		t.Errorf("the next request: %+v", r)
	}
}

// Nothing is dropped while the configuration changes under load.
func TestReloadUnderLoad(t *testing.T) {
	w := start(t, false, site{members: 3}, Options{})
	defer w.stop()
	var stop atomic.Bool
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			v := w.visit()
			defer v.Close()
			for n := 0; !stop.Load(); n++ {
				raw := get("/")
				if (n+i)%3 == 0 {
					raw = post("hello", sticky("m2"))
				}
				v.send(raw)
				if r, err := v.read("GET"); err != nil || r.status != 200 {
					t.Errorf("%+v %v", r, err)
					return
				}
			}
		})
	}
	for range 100 {
		if err := w.p.Reload(t.Context()); err != nil {
			t.Error(err)
		}
	}
	stop.Store(true)
	wg.Wait()
}

// Stopping lets requests in flight end, and takes no new ones.
func TestGracefulStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, true, site{members: 1}, Options{})
		w.fakes["m1"].act = func(f *fake, c net.Conn, rq *http.Request) bool {
			time.Sleep(5 * time.Second)
			return good(f, c, rq)
		}
		idle, busy := w.visit(), w.visit()
		idle.ask(get("/"))
		busy.send(get("/"))
		synctest.Wait()
		w.wg.Go(w.stopGently)
		r, err := busy.read("GET")
		if err != nil || r.status != 200 {
			t.Errorf("in flight: %+v %v", r, err)
		}
		if _, err := busy.br.ReadByte(); err == nil {
			t.Error("the connection lives on")
		}
		if _, err := idle.br.ReadByte(); err == nil {
			t.Error("the idle connection lives on")
		}
		w.stop()
	})
}

// What the plug-in would reject is refused, at start and by a reload, also where only an open choice says that it
// does (R17).
func TestRejectedFiles(t *testing.T) {
	missing := `<Route VirtualHostGroup="vh" UriGroup="none" ServerCluster="C"/>`
	noURIs, noHosts := `<Route VirtualHostGroup="vh" ServerCluster="C"/>`, `<Route UriGroup="u" ServerCluster="C"/>`
	for _, c := range []struct {
		route, assume string
		rejected      bool
	}{
		{missing, "", true}, {noURIs, "", false}, {noURIs, "open-route=never", false},
		{noURIs, "open-route=rejects-file", true},
		{noHosts, "", false}, {noHosts, "open-route=rejects-file", true}, {"", "open-route=rejects-file", false},
	} {
		sem, err := choices.Defaults("latest", "proxy")
		if err == nil && c.assume != "" {
			_, err = sem.Assume(c.assume)
		}
		if err != nil {
			t.Fatal(err)
		}
		w := start(t, false, site{members: 1}, Options{Assumptions: &sem})
		w.xml.Store(site{members: 1, extra: c.route}.xml())
		var refusal *generation.Rejected
		if err := w.p.Reload(t.Context()); errors.As(err, &refusal) != c.rejected || err != nil && !c.rejected {
			t.Errorf("%s under %q: reload says %v", c.route, c.assume, err)
		}
		another, err := New(t.Context(), w.source(), w.p.opt)
		if errors.As(err, &refusal) != c.rejected {
			t.Errorf("%s under %q: start says %v", c.route, c.assume, err)
		}
		if err == nil {
			another.Shutdown(context.Background())
		}
		if r := w.once(get("/")); r.status != 200 {
			t.Errorf("%+v", r)
		}
		w.stop()
	}
}

// A reload pauses; at start nobody is served whom the work could hold up.
func TestReloadPauses(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	source := w.source()
	var paused []bool
	read := source.Read
	source.Read = func(pause parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
		paused = append(paused, pause != nil)
		return read(pause)
	}
	p, err := New(t.Context(), source, Options{Resolver: w.network})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Shutdown(t.Context())
	if err := p.Reload(t.Context()); err != nil || len(paused) != 2 || paused[0] || !paused[1] {
		t.Errorf("pauses at start and at the reload: %v, %v", paused, err)
	}
}

// A replaced configuration is not held by clients that were served on it and keep their connections.
func TestOldConfigurationIsFreed(t *testing.T) {
	w := start(t, false, site{members: 2}, Options{}, func(w *world) {
		w.p.lot.Empty() // parks nobody from now on: a parked client holds nothing in any case
	})
	defer w.stop()
	v := w.visit()
	defer v.Close()
	if r := v.ask(get("/")); r.status != 200 {
		t.Fatalf("%+v", r)
	}
	w.atRest("m1")
	w.atRest("m2")
	freed := make(chan struct{})
	runtime.AddCleanup(w.p.gen.Load(), func(c chan struct{}) { close(c) }, freed)
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for {
		runtime.GC()
		select {
		case <-freed:
			if r := v.ask(get("/")); r.status != 200 {
				t.Errorf("%+v", r)
			}
			return
		default:
			runtime.Gosched()
		}
	}
}
