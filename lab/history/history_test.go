package history_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab/history"
)

// A good and a bad history for each check. A line is written short: fields that every line has are put in front.
var tables = []struct {
	name string
	text string
	want string // the findings, as LINE CHECK
}{
	{"written changes are found", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"kill","member":"a"}
{"t0":5,"t1":6,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}`, ""},
	{"a written change is gone", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}`,
		"2 C7, 5 C1"},
	{"a request without an answer takes effect after the next one", `
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"status":200,"session":"S","member":"a"}
{"t0":3,"t1":4,"client":"u","op":"increment"}
{"t0":5,"t1":6,"client":"u","op":"increment","value":2,"status":200,"session":"S","member":"b"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":4,"status":200,"session":"S","member":"b"}`, ""},
	{"and not more than twice", `
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"status":200,"session":"S","member":"a"}
{"t0":3,"t1":4,"client":"u","op":"increment"}
{"t0":5,"t1":6,"client":"u","op":"increment","value":3,"status":200,"session":"S","member":"b"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":6,"status":200,"session":"S","member":"b"}`, "4 C6"},
	{"each run is judged by itself", `
{"t0":0,"t1":1,"op":"run","persistence":"none"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"kill","member":"a"}
{"t0":5,"t1":6,"client":"u","op":"increment","value":1,"status":200,"session":"T","cacheId":0,"member":"b"}
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"U","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"kill","member":"a"}
{"t0":5,"t1":6,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"U","cacheId":2,"member":"b"}`,
		"6 C7, 8 C1"},
	{"gone with owner and holder", `
{"t0":0,"t1":1,"op":"run","persistence":"memory-to-memory"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"replicas":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"b"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"c"}`, ""},
	{"gone although a holder lived", `
{"t0":0,"t1":1,"op":"run","persistence":"memory-to-memory"}
{"t0":1,"t1":2,"client":"u","op":"read","value":7,"written":7,"replicas":2,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"b"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"c"}`,
		"2 C7, 5 C1"},
	{"gone although the holder went long before and was to be replaced", `
{"t0":0,"t1":1,"op":"run","persistence":"memory-to-memory"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"replicas":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"b"}
{"t0":9000005,"t1":9000006,"op":"kill","member":"a"}
{"t0":9000007,"t1":9000008,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"c"}`,
		"2 C7, 5 C1"},
	{"a take-over makes copies, whatever it tells of them", `
{"t0":0,"t1":1,"op":"run","persistence":"memory-to-memory"}
{"t0":1,"t1":2,"client":"u","op":"read","value":7,"written":7,"replicas":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":7,"t1":8,"client":"u","op":"read","value":7,"written":7,"replicas":0,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":9000005,"t1":9000006,"op":"kill","member":"b"}
{"t0":9000007,"t1":9000008,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"c"}`,
		"2 C7, 6 C1"},
	{"a value that is told again is in the copies that it was written to", `
{"t0":0,"t1":1,"op":"run","persistence":"memory-to-memory"}
{"t0":1,"t1":2,"client":"u","op":"read","value":7,"written":7,"replicas":2,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"client":"u","op":"read","value":7,"written":7,"replicas":0,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":9000005,"t1":9000006,"op":"kill","member":"a"}
{"t0":9000007,"t1":9000008,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"c"}`,
		"2 C7, 5 C1"},
	{"nobody was there to take a copy", `
{"t0":0,"t1":1,"op":"run","persistence":"memory-to-memory"}
{"t0":1,"t1":2,"client":"u","op":"read","value":7,"written":7,"replicas":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":7,"t1":8,"client":"u","op":"read","value":7,"written":7,"replicas":0,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":9,"t1":10,"op":"kill","member":"b"}
{"t0":11,"t1":12,"op":"start","member":"a"}
{"t0":13,"t1":14,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"a"}`, ""},
	{"a hung member's write covers what came meanwhile", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"stop","member":"a"}
{"t0":4,"t1":9,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":10,"t1":11,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":12,"t1":12,"op":"continue","member":"a"}
{"t0":13,"t1":14,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":3,"member":"a"}`, ""},
	{"what a killed member had sent to a database server covers what came meanwhile", `
{"t0":0,"t1":1,"op":"run","persistence":"database","database":"postgres"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":4,"t1":5,"op":"kill","member":"a"}
{"t0":3,"t1":7,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":8,"t1":9,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":10,"t1":11,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":12,"t1":13,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":3,"member":"c"}`, ""},
	{"it had sent no more than its request", `
{"t0":0,"t1":1,"op":"run","persistence":"database","database":"postgres"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":4,"t1":5,"op":"kill","member":"a"}
{"t0":3,"t1":7,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":8,"t1":9,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":10,"t1":11,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":12,"t1":13,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":3,"member":"c"}`, "2 C7, 7 C1"},
	{"nor less", `
{"t0":0,"t1":1,"op":"run","persistence":"database","database":"postgres"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":4,"t1":5,"op":"kill","member":"a"}
{"t0":3,"t1":7,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":8,"t1":9,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":10,"t1":11,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":12,"t1":13,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":3,"member":"c"}`, "2 C7, 7 C1"},
	{"a database within a member ends with it", `
{"t0":0,"t1":1,"op":"run","persistence":"database","database":"sqlite"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":4,"t1":5,"op":"kill","member":"a"}
{"t0":3,"t1":7,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":8,"t1":9,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":10,"t1":11,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":12,"t1":13,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":3,"member":"c"}`, "2 C7, 7 C1"},
	{"a killed member had no request of the session", `
{"t0":0,"t1":1,"op":"run","persistence":"database","database":"postgres"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":2,"t1":2,"op":"kill","member":"a"}
{"t0":3,"t1":7,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":8,"t1":9,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":10,"t1":11,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":12,"t1":13,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":3,"member":"c"}`, "2 C7, 7 C1"},
	{"a request that waited in a hung member ran on top of its retry", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"stop","member":"a"}
{"t0":5,"t1":9,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":12,"t1":12,"op":"continue","member":"a"}
{"t0":13,"t1":14,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":3,"member":"b"}`, ""},
	{"more ran than waited in a hung member", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"stop","member":"a"}
{"t0":5,"t1":9,"client":"u","op":"increment","value":2,"written":2,"status":200,"session":"S","cacheId":2,"member":"b"}
{"t0":12,"t1":12,"op":"continue","member":"a"}
{"t0":13,"t1":14,"client":"u","op":"increment","value":5,"written":5,"status":200,"session":"S","cacheId":3,"member":"b"}
{"t0":15,"t1":16,"client":"u","op":"increment","value":7,"written":7,"status":200,"session":"S","cacheId":3,"member":"b"}`,
		"7 C6"},
	{"a session that has timed out is another one", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":5,"written":5,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"reap","member":"a"}
{"t0":5,"t1":6,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"a"}`, ""},
	{"a reaper is no reason to lose the changes of a session", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"reap","member":"a"}
{"t0":5,"t1":6,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}`,
		"2 C7, 4 C1"},
	{"a grid in memory was killed", `
{"t0":0,"t1":1,"op":"run","persistence":"grid"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"store","text":"lost"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"a"}`, ""},
	{"it was before the session", `
{"t0":0,"t1":1,"op":"run","persistence":"grid"}
{"t0":0,"t1":0,"op":"store","text":"lost"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"T","cacheId":1,"member":"a"}`,
		"3 C7, 4 C1"},
	{"a take-over while the grid was out of reach", `
{"t0":0,"t1":1,"op":"run","persistence":"grid"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"store","text":"down"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":7,"t1":12,"client":"u","op":"increment","value":1,"status":200,"session":"T","cacheId":1,"member":"b"}
{"t0":9,"t1":10,"op":"store","text":"up"}`, ""},
	{"a take-over after that", `
{"t0":0,"t1":1,"op":"run","persistence":"grid"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"store","text":"down"}
{"t0":5,"t1":6,"op":"store","text":"up"}
{"t0":7,"t1":8,"op":"kill","member":"a"}
{"t0":9,"t1":12,"client":"u","op":"increment","value":1,"status":200,"session":"T","cacheId":1,"member":"b"}`, "6 C1"},
	{"the database is down, and its session out of reach", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"store","text":"down"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"status":200,"session":"T","cacheId":1,"member":"b"}`, ""},
	{"the database is up again, and a written change is gone", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"op":"store","text":"down"}
{"t0":5,"t1":6,"op":"store","text":"up"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}`,
		"2 C7, 5 C1"},
	{"young changes are lost as predicted", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"client":"u","op":"increment","value":2,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":9000005,"t1":9000006,"op":"kill","member":"a"}
{"t0":9000007,"t1":9000008,"client":"u","op":"increment","value":2,"status":200,"session":"S","cacheId":2,"member":"b","predicted":{"changes":"none-lost-older-than","bound":20000}}`,
		""},
	{"an old change is lost", `
{"t0":3,"t1":4,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":30000005,"t1":30000006,"op":"kill","member":"a"}
{"t0":30000007,"t1":30000008,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":2,"member":"b","predicted":{"changes":"none-lost-older-than","bound":20000}}`,
		"3 C2"},
	{"an old change is lost by the clock of the sessions", `
{"t0":3,"t1":4,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":1,"member":"a","clock":1000}
{"t0":5,"t1":6,"op":"kill","member":"a","clock":31000}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":2,"member":"b","clock":31000,"predicted":{"changes":"none-lost-older-than","bound":20000}}`,
		"3 C2"},
	{"lost, and nothing was predicted to be", `
{"t0":3,"t1":4,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":2,"member":"b","predicted":{"changes":"all"}}`,
		"3 C2"},
	{"found, and predicted to be lost by the exact moment", `
{"t0":3,"t1":4,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"op":"kill","member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":2,"status":200,"session":"S","cacheId":2,"member":"b","predicted":{"changes":"unwritten-lost","exact":true}}`,
		"3 C2"},
	{"another client's session", `
{"t0":3,"t1":4,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":7,"t1":8,"client":"v","op":"increment","value":1,"status":200,"session":"S","cacheId":1,"member":"a"}`, "2 C3"},
	{"another client's text", `
{"t0":3,"t1":4,"client":"u","op":"set","attr":"name","text":"Ann","status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"client":"u","op":"read","attr":"name","text":"Ann","status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":7,"t1":8,"client":"v","op":"read","attr":"name","text":"Ann","status":200,"session":"T","cacheId":1,"member":"a"}`,
		"3 C3"},
	{"cache IDs begin again behind 9999", `
{"t0":3,"t1":4,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":9999,"member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":2,"status":200,"session":"S","cacheId":1,"member":"b"}`, ""},
	{"a cache ID goes back", `
{"t0":3,"t1":4,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":3,"member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":2,"status":200,"session":"S","cacheId":2,"member":"b"}`, "2 C4"},
	{"an invalidated session begins anew under its ID", `
{"t0":1,"t1":2,"client":"u","op":"increment","value":5,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"client":"u","op":"invalidate","status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":1,"member":"a"}`, ""},
	{"an invalidated session comes back", `
{"t0":1,"t1":2,"client":"u","op":"increment","value":5,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"client":"u","op":"invalidate","status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":6,"status":200,"session":"S","cacheId":1,"member":"a"}`, "3 C5, 3 C6"},
	{"a request that met a kill took effect twice", `
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":4,"t1":5,"op":"kill","member":"a"}
{"t0":3,"t1":8,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":2,"member":"b"}`, ""},
	{"a request took effect twice for no reason", `
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":1,"member":"a"}`,
		"1 C7, 2 C6"},
	{"a request took effect once, and twice was predicted", `
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":4,"t1":5,"op":"kill","member":"a"}
{"t0":3,"t1":8,"client":"u","op":"increment","value":2,"status":200,"session":"S","cacheId":2,"member":"b","predicted":{"changes":"all","applied":[2,2]}}`,
		"3 C6"},
	{"a request without an answer may have taken effect", `
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":3,"t1":4,"client":"u","op":"increment","status":500,"session":"S","cacheId":1,"member":"a"}
{"t0":5,"t1":6,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":1,"member":"a"}`,
		""},
	{"two at once at two members lose updates", `
{"t0":0,"t1":1,"op":"run","persistence":"database"}
{"t0":1,"t1":5,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":1,"member":"a"}
{"t0":2,"t1":6,"client":"u","op":"increment","value":3,"written":3,"status":200,"session":"S","cacheId":1,"member":"b"}
{"t0":7,"t1":8,"client":"u","op":"increment","value":4,"written":4,"status":200,"session":"S","cacheId":1,"member":"a"}`, ""},
}

func TestChecks(t *testing.T) {
	for _, tt := range tables {
		t.Run(tt.name, func(t *testing.T) {
			h, err := history.Read(strings.NewReader(tt.text[1:]))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range h.Check().Findings {
				got = append(got, fmt.Sprint(f.Line, " ", f.Check))
			}
			if s := strings.Join(got, ", "); s != tt.want {
				t.Errorf("got %q, want %q: %+v", s, tt.want, h.Check().Findings)
			}
		})
	}
}

// TestCounts reads a history in which each number of the report has a reason.
func TestCounts(t *testing.T) {
	h, err := history.Read(strings.NewReader(`{"t0":0,"t1":0,"op":"run","persistence":"memory-to-memory"}
{"t0":1,"t1":2,"client":"u","op":"increment","value":1,"written":1,"status":200,"member":"a"}
{"t0":4,"t1":5,"op":"kill","member":"a"}
{"t0":3,"t1":8,"client":"u","op":"increment","value":3,"written":3,"status":200,"member":"b"}
{"t0":9,"t1":9,"op":"kill","member":"b"}
{"t0":10,"t1":11,"client":"u","op":"increment","value":1,"status":200,"member":"c"}
{"t0":10,"t1":11,"client":"v","op":"increment","value":1,"status":200,"member":"c"}
{"t0":10,"t1":12,"client":"v","op":"increment","value":1,"status":200,"member":"b"}`))
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%+v", *h.Check())
	want := fmt.Sprintf("%+v",
		history.Report{Clients: 2, Operations: 5, Acknowledged: 5, Written: 2, Faults: 2, Lost: 3,
			Excused: 1, Twice: 1, Crossovers: 1})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReadErrors(t *testing.T) {
	for text, want := range map[string]string{
		"": "1: the history is empty",
		"\n7": "2: no line of a history: cannot unmarshal number into Go " +
			"value of type history.Line",
		`{"op":"read","client":"u","colour":1}`: `1: no line of a history: unknown field "colour"`,
		`{"op":"read","client":"u"} {}`:         "1: no line of a history: something follows the object",
		`{"client":"u"}`:                        "1: op is missing: want increment, read, kill or another",
		`{"op":"incr","client":"u"}`: `1: op "incr": want one of increment, read, set, invalidate, run, kill, stop, ` +
			`continue, shutdown, start, tick, reap, store`,
		`{"op":"read"}`:               "1: an operation read needs its client",
		`{"op":"kill"}`:               "1: kill needs its member",
		`{"op":"tick","t0":2,"t1":1}`: "1: t1 1 lies before t0 2",
		`{"op":"read","client":"u","predicted":{"changes":"some"}}`: `1: predicted changes "some": want one of all, ` +
			`none-lost-older-than, unwritten-lost, lost`,
		`{"op":"read","client":"u","predicted":{"changes":"all","applied":[2,1]}}`: "1: " +
			"predicted applied [2 1]: want least and most",
	} {
		if _, err := history.Read(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestWriter(t *testing.T) {
	var out bytes.Buffer
	w := history.Writer{To: &out}
	one := int64(1)
	w.Add(&history.Line{T1: 1, Client: "u", Op: history.Increment, Value: &one, Status: 200})
	w.Add(&history.Line{T0: 2, T1: 2, Op: history.Kill, Member: "a"})
	kept, err := w.History()
	if err != nil {
		t.Fatal(err)
	}
	read, err := history.Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%+v", *read.Check()), fmt.Sprintf("%+v", *kept.Check()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestDraw looks for the operation that does not fit, in the page that shows it.
func TestDraw(t *testing.T) {
	h, err := history.Read(strings.NewReader(tables[1].text[1:]))
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := h.Draw(&page, "u"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "increment = 2 at b (line 5)") {
		t.Error("the page does not show the operation of line 5")
	}
	if err := h.Draw(&page, "nobody"); err == nil {
		t.Error("an unknown client is drawn")
	}
}

func FuzzRead(f *testing.F) {
	for _, tt := range tables {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := history.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		w := history.Writer{To: &out}
		for i := range h.Lines {
			w.Add(&h.Lines[i])
		}
		again, err := history.Read(&out)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(again.Check().Findings), len(h.Check().Findings); got != want {
			t.Errorf("%d findings, and %d after writing and reading", want, got)
		}
	})
}
