package watch_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/alerttest"
	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/watch"
)

// everything is a log in which each metric counts something.
func everything(f *follower) {
	f.write(f.line(1, "PLUGIN", "Bld version: 9.0.5.20") + f.line(1, "PLUGIN", "Webserver: IBM_HTTP_Server/9.0.5.20") +
		f.refuse(1, "m1") +
		f.line(2, "ERROR", "ws_common: websphereGetStream: Connect timeout fired") +
		f.line(2, "ERROR", "ws_server: serverSetFailoverStatus: Marking m2 down") +
		f.line(2, "ERROR", "ws_common: websphereHandleRequest: Failed to handle request") +
		f.line(3, "ERROR", "lib_stream: openStream: Failed in r_gsk_secure_soc_init: "+
			"GSK_ERROR_BAD_CERT(gsk rc = 414)") +
		f.line(3, "ERROR", "ws_server_group: serverGroupNextRoundRobinServer: "+
			"Failed to find a server; all could be down") +
		f.line(3, "ERROR", "ws_common: websphereWriteRequestReadResponse: Failed to find an app server to handle "+
			"this request") +
		f.line(3, "ERROR", "ws_common: websphereHandleRequest: Failed to handle request") +
		f.line(1, "PLUGIN", "ws_common: websphereUpdateConfig: Config was successfully reloaded.") +
		f.line(1, "ERROR", "ws_transport: transportSetServerAddress: Failed to resolve address") +
		f.line(1, "ERROR", "ws_common: websphereUpdateConfig: Failed parsing the plugin config file") +
		f.line(1, "ERROR", "ws_common: somewhere: nobody has seen this before") +
		f.line(4, "STATS", "ws_server_group: serverGroupCheckServerStatus: Checking status of m3, ignoreWeights 1, "+
			"markedDown 0, retryNow 0, retryInSec --, wlbAllows 1 reachedMaxConnectionsLimit 1") +
		f.line(4, "STATS", "ws_server: serverSetFailoverStatus: Server m3 : pendingRequests 2 failedRequests 1 "+
			"affinityRequests 3 totalRequests 10.") +
		f.line(5, "STATS", "ws_server: serverSetFailoverStatus: Server m3 : pendingRequests 1 failedRequests 0 "+
			"affinityRequests 0 totalRequests 4."))
	f.poll()
	f.now = f.now.Add(time.Second)
	f.write(f.line(4, "STATS", "ws_server: serverSetFailoverStatus: Server m3 : pendingRequests 0 failedRequests 1 "+
		"affinityRequests 4 totalRequests 12.") +
		f.line(5, "STATS", "ws_server: serverSetFailoverStatus: Server m3 : pendingRequests 1 failedRequests 0 "+
			"affinityRequests 0 totalRequests 1.")) // another process with that number
	f.poll()
}

// TestMetrics shows all metrics of a log that has everything.
func TestMetrics(t *testing.T) {
	f := follow(t)
	everything(f)
	golden.Check(t, filepath.Join("testdata", "metrics.txt"), []byte(f.metrics()))
}

// TestHandler: the health says whether there is a log.
func TestHandler(t *testing.T) {
	f := follow(t)
	get := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		f.w.Handler().ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec.Code, rec.Body.String()
	}
	f.poll()
	if code, body := get("/health"); code != 503 {
		t.Error(code, body)
	}
	everything(f)
	if code, body := get("/health"); code != 200 {
		t.Error(code, body)
	}
	if code, body := get("/incidents.json"); code != 200 || body == "0" {
		t.Error(code, body)
	}
}

// TestAlertRules: the rules are about metrics that there are, and Prometheus takes them.
func TestAlertRules(t *testing.T) {
	f := follow(t)
	everything(f)
	alerttest.Check(t, watch.AlertRules, "was_plugin_", f.metrics())
}
