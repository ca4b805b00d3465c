package diagnose_test

import (
	"fmt"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/session"
)

// plant is a cause that is planted, and a scene in which it is excluded.
type plant struct {
	cause           string
	found, excluded scene
}

// Scenes in which nothing is wrong: they exclude most causes.
var (
	well = scene{file: healthy, log: func(p *planter) {
		p.fresh(60)
		p.sessions(3, "m1")
		p.sessions(3, "m2")
		p.sessions(3, "m3")
	}}
	visited  = scene{file: healthy, access: func(p *planter) { p.visitors(30, 4) }}
	wellBoth = scene{file: healthy, log: well.log, access: visited.access}
)

func logged(log func(*planter)) scene           { return scene{file: healthy, log: log} }
func seenByClients(access func(*planter)) scene { return scene{file: healthy, access: access} }
func configured(pairs ...string) scene          { return scene{file: file(pairs...)} }
func (s scene) with(log func(*planter)) scene   { s.log = log; return s }
func (s scene) as(set session.Settings) scene   { s.settings = &set; return s }
func (s scene) in(file string) scene            { s.file = file; return s }
func (s scene) access2(a func(*planter)) scene  { s.access = a; return s }
func none() session.Settings                    { return session.Settings{Persistence: "none"} }
func database() session.Settings                { return session.Settings{Persistence: "database"} }
func (p *planter) process(n uint64)             { p.pid = 0x1000 + n }
func (p *planter) down(m string)                { p.request(rq{tries: []try{fail(m, "refused"), ok(next(m))}}) }
func next(m string) string                      { return map[string]string{"m1": "m2", "m2": "m3", "m3": "m1"}[m] }
func fail(m, how string) try                    { return try{member: m, how: how, marked: true, again: true} }
func unmarked(m, how string) try                { return try{member: m, how: how} }
func post(tries ...try) rq                      { return rq{method: "POST", body: 4000, tries: tries} }
func (q rq) givenUp() rq                        { q.gaveUp = "plain"; return q }
func repeat(n int, what func(i int)) {
	for i := range n {
		what(i)
	}
}

// moving writes a member that goes down, and requests of its sessions that go elsewhere.
func moving(n int, to func(i int) string) func(*planter) {
	return func(p *planter) {
		p.fresh(30)
		p.sessions(6, "m1")
		p.down("m1")
		repeat(n, func(i int) {
			p.request(rq{clones: []string{"1abcdef01"}, named: "m1",
				tries: []try{{member: to(i), how: "ok", down: []string{"m1"}, reused: true}}})
		})
	}
}

func toM2(int) string      { return "m2" }
func spread(i int) string  { return fmt.Sprint("m", i%2+2) }
func was(m int) string     { return fmt.Sprintf("10.0.0.%d:9080", m) }
func client(i int) string  { return fmt.Sprint("192.0.2.", i) }
func quick() time.Duration { return 10 * time.Millisecond }

// hangs is an attempt that ServerIOTimeout ends, after which m1 is asked again.
var hangs = try{member: "m1", how: "io", again: true}

var plants = []plant{
	{"NB1", logged(func(p *planter) { p.fresh(90); p.sessions(200, "m1"); p.sessions(20, "m2") }),
		logged(func(p *planter) { p.fresh(90) })},
	{"NB2", logged(func(p *planter) { p.fresh(3); p.sessions(300, "m1") }), well},
	{"NB3", logged(func(p *planter) {
		repeat(6, func(i int) { p.process(uint64(i)); p.fresh(2) })
	}), logged(func(p *planter) { p.fresh(60) })},
	{"NB4", configured(`"20" MaxConnections="-1" Name="m1"`, `"60" MaxConnections="-1" Name="m1"`).with(
		func(p *planter) {
			repeat(40, func(i int) {
				p.fresh(3)
				p.request(rq{tries: []try{ok("m1")}})
				p.request(rq{tries: []try{ok("m1")}})
			})
		}), well},
	{"NB5", configured("Round Robin", "Random").with(func(p *planter) {
		p.fresh(60)
		repeat(9, func(int) { p.request(rq{tries: []try{ok("m2")}}) })
	}), well},
	{"NB6", configured("         <Server Name=\"m3\"/>\n", ""), well},
	{"NB7", configured(`"20" MaxConnections="-1" Name="m3"`, `"0" MaxConnections="-1" Name="m3"`), well},
	{"NB8", logged(func(p *planter) {
		repeat(4, func(int) {
			p.fresh(6)
			p.down("m1")
			p.wait(70 * time.Second)
			p.request(rq{tries: []try{ok("m1")}})
		})
	}), well},
	{"NB9", configured(`MaxConnections="-1"`, `MaxConnections="50"`).with(func(p *planter) {
		p.fresh(60)
		repeat(5, func(int) {
			p.request(rq{tries: []try{{member: "m2", how: "ok", full: []string{"m1"}, reused: true}}})
		})
	}), well},
	{"NB10", configured(`RefreshInterval="60"`, `RefreshInterval="60" FailoverToNext="true"`).with(moving(20, toM2)),
		logged(moving(20, spread))},
	{"NB11", configured(`CloneSeparatorChange="false"`,
		`CloneSeparatorChange="false" IgnoreAffinityRequests="false"`).with(
		func(p *planter) {
			p.sessions(60, "m1")
			repeat(30, func(int) { p.request(rq{tries: []try{ok("m2")}}); p.request(rq{tries: []try{ok("m3")}}) })
			p.fresh(9)
		}), well},
	{"NB12", configured("10.0.0.3", "10.0.0.2"), well},
	{"NB13", configured("      <PrimaryServers>", `      <ClusterAddress ConnectTimeout="5" Name="m9" ServerIOTimeout="-900">
         <Transport ConnectionTTL="20" Hostname="10.0.0.9" Port="80" Protocol="http"/>
      </ClusterAddress>
      <PrimaryServers>`).with(func(p *planter) {
		repeat(20, func(int) { p.request(rq{tries: []try{{member: "m9", how: "ok", reused: true, port: 80}}}) })
	}), well},
	{"NB14", logged(func(p *planter) {
		p.fresh(20)
		repeat(9, func(i int) { p.request(rq{clones: []string{"1234567890123"}, tries: []try{ok(spread(i))}}) })
	}), well},
	{"NB15", configured("</Config>", "<IntelligentManagement><ConnectorCluster enabled=\"true\" name=\"c\" "+
		"retryInterval=\"60\" maxRetries=\"-1\"><Connector host=\"10.0.0.8\" port=\"9060\" protocol=\"HTTP\"/>"+
		"</ConnectorCluster></IntelligentManagement></Config>").with(func(p *planter) {
		repeat(9, func(int) { p.request(rq{tries: []try{{member: "x1", host: "10.0.0.7", how: "ok"}}}) })
	}), well},

	{"ND1", configured(`ConnectTimeout="5"`, `ConnectTimeout="0"`).with(func(p *planter) {
		p.fresh(20)
		repeat(3, func(int) {
			p.request(rq{tries: []try{{member: "m1", how: "unreachable", wait: 75 * time.Second,
				marked: true, again: true}, ok("m2")}})
		})
	}), well},
	{"ND2", configured(`ServerIOTimeout="-900"`, `ServerIOTimeout="0"`).with(func(p *planter) {
		p.fresh(20)
		p.request(rq{tries: []try{unmarked("m1", "hang")}})
		p.wait(10 * time.Minute)
		p.fresh(20)
	}), well},
	{"ND3", configured(`ServerIOTimeout="-900"`, `ServerIOTimeout="3"`).with(func(p *planter) {
		p.fresh(20)
		repeat(3, func(int) {
			p.request(rq{tries: []try{hangs, hangs, ok("m2")}})
		})
	}), well},
	{"ND4", scene{file: onlyOne(), log: func(p *planter) {
		repeat(4, func(int) { p.request(rq{tries: []try{unmarked("m1", "refused")}}.givenUp()) })
	}}, well},
	{"ND5", logged(func(p *planter) {
		p.fresh(40)
		repeat(40, func(int) { p.request(rq{status: 500, tries: []try{ok("m1")}}) })
	}), well},
	{"ND6", logged(func(p *planter) {
		repeat(40, func(i int) { p.request(rq{tries: []try{ok(spread(i))}}) })
		repeat(5, func(int) { p.request(rq{tries: []try{{member: "m1", how: "lost", again: true}, ok("m2")}}) })
	}), logged(func(p *planter) { p.fresh(20); p.down("m1") })},
	{"ND7", logged(func(p *planter) {
		repeat(3, func(i int) { p.process(uint64(i)); p.fresh(6); p.down("m1"); p.wait(4 * time.Second) })
	}), logged(func(p *planter) { p.fresh(20); p.down("m1") })},
	{"ND8", logged(func(p *planter) {
		p.fresh(40)
		repeat(5, func(int) {
			p.request(rq{tries: []try{{member: "m1", how: "lost", reused: true, again: true}, ok("m2")}})
		})
	}), logged(func(p *planter) { p.fresh(20); p.down("m1") })},

	{"NR1", configured(`RetryInterval="60"`, `RetryInterval="600"`).with(func(p *planter) {
		p.fresh(20)
		p.down("m1")
		p.wait(10 * time.Minute)
		p.fresh(20)
	}), well},
	{"NR2", logged(func(p *planter) {
		p.fresh(20)
		p.process(1)
		p.fresh(20)
		p.down("m1")
		p.process(0)
		p.wait(10 * time.Minute)
		p.fresh(20)
	}), well},
	{"NR3", logged(func(p *planter) {
		moving(20, spread)(p)
		p.wait(70 * time.Second)
		p.fresh(60)
		repeat(20, func(i int) {
			p.request(rq{clones: []string{"1abcdef01", "1abcdef02"}[1:], named: "m2",
				tries: []try{{member: "m2", how: "ok", affinity: true, reused: true}}})
		})
	}), logged(func(p *planter) {
		moving(20, spread)(p)
		p.wait(70 * time.Second)
		p.fresh(6)
		p.sessions(20, "m1")
	})},
	{"NR4", logged(func(p *planter) {
		repeat(20, func(i int) { p.request(rq{tries: []try{ok(spread(i))}}) })
		repeat(4, func(int) {
			p.down("m1")
			p.wait(70 * time.Second)
			p.request(rq{clones: []string{"9zzzzzz01"}, tries: []try{ok("m2")}})
		})
	}), well},
	{"NR5", configured(`Hostname="10.0.0.1"`, `Hostname="m1host"`).with(func(p *planter) {
		p.fresh(20)
		bad := func(int) {
			p.request(rq{tries: []try{{member: "m1", host: "m1host", how: "unreachable",
				marked: true, again: true}, ok("m2")}})
			p.wait(70 * time.Second)
		}
		repeat(3, bad)
		p.process(5)
		repeat(9, func(int) { p.request(rq{tries: []try{{member: "m1", host: "m1host", how: "ok"}}}) })
		p.process(0)
		repeat(2, bad)
	}), well},
	{"NR6", logged(func(p *planter) {
		p.fresh(20)
		e := check("m1", false)
		e.Check.MarkedDown, e.Check.HasRetryIn, e.Check.RetryIn = true, true, -7
		p.emit(e)
		p.fresh(20)
	}), logged(func(p *planter) {
		p.emit(pluginlog.Event{Kind: pluginlog.BuildVersion, Text: "9.0.5.7"})
		p.fresh(20)
	})},
	{"NR7", logged(func(p *planter) {
		repeat(20, func(i int) { p.request(rq{tries: []try{ok(spread(i))}}) })
		repeat(5, func(int) { p.down("m1"); p.wait(70 * time.Second) })
	}), logged(func(p *planter) { p.fresh(9); p.down("m1"); p.wait(70 * time.Second); p.fresh(9) })},
	{"NR8", logged(func(p *planter) {
		p.fresh(20)
		repeat(9, func(int) { p.request(rq{tries: []try{{member: "m7", how: "ok"}}}) })
	}), well},

	{"AL1", seenByClients(func(p *planter) {
		repeat(9, func(i int) { p.line(client(i), "GET /shop/a", 200, was(1), "0000ABCDEFGHIJKLMNOPQRSTUVW", quick()) })
	}), visited},
	{"AL2", logged(func(p *planter) {
		p.fresh(20)
		repeat(9, func(i int) { p.request(rq{clones: []string{"9zzzzzz01"}, tries: []try{ok(spread(i))}}) })
	}), well},
	{"AL3", logged(func(p *planter) {
		p.fresh(20)
		repeat(9, func(i int) { p.request(rq{clones: []string{"1ABCDEF01"}, tries: []try{ok(spread(i))}}) })
	}), well},
	{"AL4", logged(func(p *planter) {
		p.fresh(20)
		repeat(9, func(i int) {
			p.request(rq{sets: "SHOPSESSION=0000ABCDEFGHIJKLMNOPQRSTUVW:1abcdef01", tries: []try{ok(spread(i))}})
		})
	}), well},
	{"AL5", logged(func(p *planter) {
		p.fresh(20)
		repeat(9, func(i int) { p.request(rq{clones: []string{"1abcdef01+1abcdef02"}, tries: []try{ok(spread(i))}}) })
	}), well},
	{"AL6", scene{file: withSecond("/other/*"), log: func(p *planter) {
		p.fresh(20)
		repeat(9, func(i int) { p.request(rq{clones: []string{"2bcdef011"}, tries: []try{ok(spread(i))}}) })
	}}, well},
	{"AL7", seenByClients(func(p *planter) {
		repeat(9, func(i int) {
			p.line(client(i), "GET /shop/a", 200, was(1), cookieOf(1, 2)+";JSESSIONID="+cookieOf(2, 1), quick())
		})
	}), visited},
	{"AL8", scene{file: healthy, log: func(p *planter) {
		repeat(12, func(i int) {
			p.request(rq{sets: "JSESSIONID=0000ABCDEFGHIJKLMNOPQRSTUVW:1abcdef01", tries: []try{ok(spread(i))}})
		})
	}, access: func(p *planter) {
		repeat(12, func(i int) { p.line(client(1), "GET /shop/a", 200, was(i%3+1), "", quick()) })
	}}, wellBoth},
	{"AL9", configured("1abcdef02", "1abcdef01"), scene{file: healthy}},
	{"AL10", logged(moving(9, spread)), well},
	{"AL11", configured(`MaxConnections="-1"`, `MaxConnections="50"`).with(func(p *planter) {
		p.fresh(30)
		repeat(5, func(int) {
			p.request(rq{clones: []string{"1abcdef01"}, named: "m1",
				tries: []try{{member: "m2", how: "ok", full: []string{"m1"}, reused: true}}})
		})
	}), well},
	{"AL12", logged(func(p *planter) {
		p.fresh(20)
		repeat(9, func(i int) {
			p.request(rq{uri: "/shop/a;shopsession=0000ABCDEFGHIJKLMNOPQRSTUVW:1abcdef01", tries: []try{ok(spread(i))}})
		})
	}), well},
	{"AL13", seenByClients(func(p *planter) {
		repeat(6, func(i int) {
			p.line(client(1), "GET /shop/a", 200, was(i%2+1), "0000ABCDEFGHIJKLMNOPQRSTUVW:1abcdef012", quick())
		})
	}).in(file("1abcdef01", "1abcdef012", "1abcdef02", "1abcdef0")), visited},
	{"AL14", seenByClients(func(p *planter) {
		repeat(9, func(i int) {
			p.line(client(i), "GET /shop/a", 200, was(1), "0000ABCDEFGHIJKLMNOPQRSTUVW%3A1abcdef01", quick())
		})
	}), visited},

	{"SL1", logged(moving(9, spread)).as(none()), well.as(database())},
	{"SL2", scene{file: healthy, access: func(p *planter) { lostAt(p, 5) }}.as(database()), visited.as(database())},
	{"SL3", seenByClients(func(p *planter) {
		p.line(client(1), "GET /shop/a", 200, was(1), cookieOf(1, 1), quick())
		p.wait(45 * time.Minute)
		p.line(client(1), "GET /shop/a", 200, was(1), cookieOf(1, 1), quick())
	}), visited},
	{"SL4", logged(moving(9, spread)).as(session.Settings{Persistence: "memory-to-memory", Replicas: new(int)}),
		well.as(session.Settings{Persistence: "memory-to-memory"})},
	{"SL6", scene{file: healthy, access: func(p *planter) { lostAt(p, 300) }}.as(database()),
		well.as(session.Settings{Persistence: "memory-to-memory"})},
	{"SL8", logged(func(p *planter) {
		p.fresh(20)
		p.sessions(4, "m1")
		p.request(rq{clones: []string{"1abcdef01"}, named: "m1", tries: []try{
			{member: "m1", how: "io", affinity: true, marked: true, again: true}, ok("m2")}})
		p.wait(70 * time.Second)
		p.sessions(4, "m1")
	}).as(database()), well.as(database())},

	{"IE1", logged(func(p *planter) {
		p.fresh(9)
		repeat(3, func(i int) {
			p.request(rq{tries: []try{fail(fmt.Sprint("m", i+1), "refused"), ok(next(fmt.Sprint("m", i+1)))}})
		})
		p.request(rq{gaveUp: "allDown", tries: []try{{down: []string{"m1", "m2", "m3"}}}})
	}), well},
	{"IE2", logged(func(p *planter) { p.fresh(9); p.request(post(unmarked("m1", "lost")).givenUp()) }), well},
	{"IE3", configured("-900", "-3").with(func(p *planter) {
		p.fresh(20)
		repeat(6, func(i int) {
			m := fmt.Sprint("m", i%3+1)
			p.request(rq{uri: "/shop/report", tries: []try{fail(m, "io"), ok(next(m))}})
		})
	}), well},
	{"IE4", configured(`Protocol="http"`, `Protocol="https"`), scene{file: healthy}},
	{"IE5", logged(func(p *planter) { p.fresh(9); p.request(rq{tries: []try{fail("m1", "tls"), ok("m2")}}) }), well},
	{"IE6", logged(func(p *planter) { p.fresh(60); p.request(rq{status: 500, tries: []try{ok("m1")}}) }), well},
	{"IE7", logged(func(p *planter) {
		p.fresh(60)
		p.request(rq{status: 500, tries: []try{ok("m1")}})
		p.wait(9 * time.Second)
		p.down("m1")
	}), well},
	{"IE8", logged(func(p *planter) {
		p.fresh(9)
		p.request(post(try{member: "m1", how: "lost", reused: true}).givenUp())
	}), well},
	{"IE9", logged(func(p *planter) { p.fresh(9); p.request(rq{clientLeft: true, tries: []try{ok("m1")}}) }), well},
	{"IE10", configured(`PostBufferSize="64"`, `PostBufferSize="64" PostSizeLimit="1000000"`).access2(func(p *planter) {
		p.visitors(9, 1)
		p.line(client(1), "POST /shop/upload", 413, "", cookieOf(1, 1), quick())
	}), well},
	{"IE11", logged(func(p *planter) {
		p.fresh(9)
		p.emit(pluginlog.Event{Kind: pluginlog.ErrorLine,
			Text: "ws_common: websphereUpdateConfig: Failed parsing the plugin config file"})
		p.fresh(9)
	}), well},

	{"SU1", configured(`MaxConnections="-1"`, `MaxConnections="50"`).with(func(p *planter) {
		p.fresh(30)
		repeat(4, func(int) { p.request(rq{gaveUp: "noServer", tries: []try{{full: []string{"m1", "m2", "m3"}}}}) })
	}), well},
	{"SU2", configured(`MaxConnections="-1"`, `MaxConnections="5"`).with(func(p *planter) {
		p.fresh(30)
		repeat(8, func(int) {
			p.emit(pluginlog.Event{Kind: pluginlog.Counted, Member: "m1",
				Counters: pluginlog.Counters{Pending: 5, Total: 900}})
			p.request(rq{tries: []try{{member: "m2", how: "ok", full: []string{"m1"}, reused: true}}})
			p.wait(20 * time.Second)
		})
	}), well},
	{"SU3", logged(func(p *planter) { p.fresh(60); p.request(rq{status: 503, tries: []try{ok("m1")}}) }), well},
	{"SU4", seenByClients(func(p *planter) {
		p.visitors(9, 1)
		p.line(client(1), "GET /shop/a", 503, "", cookieOf(1, 1), quick())
	}), visited},

	{"SO1", logged(func(p *planter) {
		p.fresh(9)
		p.request(rq{tries: []try{fail("m1", "timeout"), ok("m2")}})
	}), well},
	{"SO2", logged(func(p *planter) {
		p.fresh(20)
		p.request(rq{tries: []try{hangs, hangs, ok("m2")}})
	}), well},
	{"SO3", logged(func(p *planter) {
		p.fresh(60)
		p.request(rq{answer: 20 * time.Second, tries: []try{ok("m1")}})
	}), well},
	{"SO4", logged(func(p *planter) {
		p.fresh(60)
		p.request(rq{method: "POST", body: 1 << 20, bodyWait: 30 * time.Second, tries: []try{ok("m1")}})
	}), well},
	{"SO5", logged(func(p *planter) {
		repeat(60, func(i int) { p.request(rq{tries: []try{{member: spread(i), how: "ok"}}}) })
	}), well},
	{"SO6", configured(`LogLevel="Error"`, `LogLevel="Trace"`), well},
	{"SO7", logged(func(p *planter) {
		p.fresh(60)
		repeat(4, func(int) { p.request(rq{idle: 8 * time.Second, tries: []try{ok("m1")}}) })
	}), well},
	{"SO8", logged(func(p *planter) {
		repeat(12, func(i int) { p.process(uint64(i)); p.fresh(6) })
		p.process(3)
		p.down("m1")
		repeat(12, func(i int) {
			if i != 3 {
				p.process(uint64(i))
				p.fresh(6)
			}
		})
	}), well},

	{"WA1", scene{file: withSecond("/shop/special/*"), log: func(p *planter) {
		p.fresh(20)
		repeat(5, func(int) {
			p.request(rq{uri: "/shop/special/a", pattern: "/shop/special/*", status: 404,
				tries: []try{{member: "o1", host: "10.0.1.1", how: "ok"}}})
		})
	}}, well},
	{"WA2", scene{file: withSecond("/*"), log: func(p *planter) {
		p.fresh(20)
		repeat(5, func(int) {
			p.request(rq{uri: "/shop/a", pattern: "/*", status: 404,
				tries: []try{{member: "o1", host: "10.0.1.1", how: "ok"}}})
		})
	}}, well},
	{"WA3", scene{file: withSecond("/shop/*"), log: func(p *planter) {
		p.fresh(20)
		repeat(5, func(int) { p.request(rq{tries: []try{{member: "o1", host: "10.0.1.1", how: "ok"}}}) })
	}}, well},
	{"WA4", logged(func(p *planter) { p.fresh(20); p.request(rq{uri: "/Shop/cart", declined: true}) }), well},
	{"WA5", logged(func(p *planter) { p.fresh(20); p.request(rq{host: "internal", declined: true}) }), well},
	{"WA6", logged(func(p *planter) { p.fresh(20); p.request(rq{esi: true}) }), well},
	{"WA7", logged(func(p *planter) {
		p.fresh(20)
		repeat(6, func(int) { p.request(rq{host: "www", status: 404, tries: []try{ok("m1")}}) })
	}), well},
	{"WA8", logged(func(p *planter) { p.fresh(20); p.request(rq{uri: "/newapp/a", declined: true}) }), well},

	{"TW1", logged(func(p *planter) {
		p.fresh(9)
		p.request(post(try{member: "m1", how: "io", marked: true, again: true}, ok("m2")))
	}), well},
	{"TW2", seenByClients(func(p *planter) {
		p.visitors(9, 1)
		p.line(client(1), "POST /shop/order", 200, was(1), cookieOf(1, 1), quick())
		p.line(client(1), "POST /shop/order", 200, was(1), cookieOf(1, 1), quick())
	}), wellBoth},
}

// lostAt writes sessions that go to another member when they are so many seconds old, and whose clients then have
// another session.
func lostAt(p *planter, age int) {
	repeat(4, func(i int) {
		p.line(client(i), "GET /shop/a", 200, was(1), cookieOf(i, 1), quick())
		p.wait(time.Duration(age-1) * time.Second)
		p.line(client(i), "GET /shop/b", 200, was(2), cookieOf(i, 1), quick())
		p.line(client(i), "GET /shop/c", 200, was(2), cookieOf(100+i, 2), quick())
	})
}

// onlyOne is the healthy file with one member.
func onlyOne() string {
	text := healthy
	for _, m := range []string{"m2", "m3"} {
		text = cut(text, `      <Server CloneID="1abcdef0`+m[1:], "      </Server>\n")
		text = cut(text, `         <Server Name="`+m, "\n")
	}
	return text
}
