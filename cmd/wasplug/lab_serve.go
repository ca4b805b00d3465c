package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/page"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/admin"
)

// serveLab opens the status page and says what there is to try.
func serveLab(c *cli.Context, l *lab.Lab, about page.Options) (stop func(), err error) {
	inner, err := listenAdmin(c.String("admin"), "")
	if err != nil {
		return func() {}, err
	}
	about.Lab, about.Else = l, admin.New(l.Proxy(0), "")
	server := &http.Server{Handler: page.New(about), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(inner) // ends by stop; a lab whose page is gone still runs
	introduceLab(c.App.Writer, l, "http://"+inner.Addr().String()+"/lab")
	return func() { server.Close() }, nil
}

// introduceLab says who runs, and what to try.
func introduceLab(w io.Writer, l *lab.Lab, url string) {
	fmt.Fprintf(w, "Members:\n")
	for _, m := range l.Members() {
		clone := ""
		if !m.InGrid() {
			clone = "clone ID " + orNone(strings.Fields(m.CloneID)) + ", "
		}
		fmt.Fprintf(w, "   %s: pid %d, %s%s\n", m.Name, m.Pid(), clone, m.Keeps())
	}
	fmt.Fprintf(w, "Web server processes:\n")
	for i := range l.Processes() {
		fmt.Fprintf(w, "   %s\n", l.Proxy(i).URL)
	}
	if url := l.GridURL(); url != "" {
		fmt.Fprintf(w, "What the grid holds: wasplug lab table --dsn '%s'\n", url)
	}
	first := l.Members()[0]
	example, host := l.Example()
	header := ""
	if host != "" {
		header = "-H 'Host: " + host + "' "
	}
	curl := fmt.Sprintf("curl -b jar -c jar %s%s", header, example)
	fmt.Fprintf(w, `Page: %s

Try, in another terminal:

   %[2]s   # a few times: it counts, and its member stays
   kill -9 %[3]d   # that of the member which answered
   %[2]s   # another one answers: is the count what it was?

Or type an order here: kill, stop, continue, shutdown or start and a member, as in

   start %[4]s

tick for a look of the write threads, advance 60s to move all clocks. Ctrl-C ends it.
`, url, curl, first.Pid(), first.Name)
}

// labOrders obeys what is typed until the input ends. A wrong order is told on standard output, between the answers to
// others, and ends nothing.
func labOrders(ctx context.Context, l *lab.Lab, in io.Reader, out io.Writer) {
	lines := bufio.NewScanner(in)
	for lines.Scan() && ctx.Err() == nil {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		if err := labOrder(ctx, l, words); err != nil {
			fmt.Fprintf(out, "%v\n", err)
		} else {
			fmt.Fprintf(out, "done: %s\n", strings.Join(words, " "))
		}
	}
}

// labOrder does what was typed: an order about all, or one about a member, whose name may be several words.
func labOrder(ctx context.Context, l *lab.Lab, words []string) error {
	argument := strings.Join(words[1:], " ")
	switch words[0] {
	case "tick":
		return l.Tick(ctx)
	case "advance":
		d, err := time.ParseDuration(argument)
		if err != nil || d < 0 {
			return diag.Errorf("advance %q: want a duration, as in 60s", argument)
		}
		return l.Advance(ctx, d)
	}
	orders := map[string]func(*lab.Member) error{
		"kill": (*lab.Member).Kill, "stop": (*lab.Member).Stop, "continue": (*lab.Member).Continue,
		"shutdown": func(m *lab.Member) error { return m.Shutdown(ctx) },
		"start":    func(m *lab.Member) error { return m.Start(ctx) },
	}
	do := orders[words[0]]
	if do == nil {
		return diag.Errorf("no order is named %q: kill, stop, continue, shutdown, start, tick, advance", words[0])
	}
	m := l.Member(argument)
	if m == nil {
		return diag.Errorf("no member is named %q", argument)
	}
	return do(m)
}
