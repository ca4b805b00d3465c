package replay

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// TestSessionNames: the names under which the plug-in looks for a session are those of the winning Uri (R4). Where
// the log does not tell which Uri won, they tell nothing.
func TestSessionNames(t *testing.T) {
	const xml = `<?xml version="1.0"?><Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="a" CloneID="a1"><Transport Hostname="h" Port="9080" Protocol="http"/>
</Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/*"/><Uri AffinityCookie="SSLURLS" AffinityURLIdentifier="shopid" Name="/shop/*"/>
</UriGroup>
<Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/></Config>`
	asked := func(uri string) string {
		return "TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: " +
			"vhost='www.example.com:80'; uri='" + uri + "'"
	}
	checking := func(source string) string {
		return "TRACE: ws_common: websphereHandleSessionAffinity: Checking " + source
	}
	looking := func(cookie string) string {
		return "TRACE: lib_htrequest: htrequestGetCookieValue: Looking for cookie: '" + cookie + "'"
	}
	start := checking("for session affinity")
	again := []string{markedDown("a"), refusedBy("a", "h")}
	for name, c := range map[string]struct {
		lines  []string
		agreed int64
		want   string
	}{
		"of the Uri": {[]string{asked("/shop/x"), start, checking("the SSL session id"), looking("SSLJSESSION"),
			checking("the cookie affinity: SSLURLS"), looking("SSLURLS"),
			checking("the url rewrite affinity: shopid"), ended},
			2, ""},
		"the usual ones": {[]string{asked("/x"), start, checking("the cookie affinity: JSESSIONID"), ended}, 1, ""},
		"of another Uri": {[]string{asked("/shop/x"), start, looking("JSESSIONID"), ended}, 0,
			"3 cookie JSESSIONID: cookie SSLURLS of Uri /shop/*"},
		"in another case": {[]string{asked("/x"), start, looking("JSessionId"), ended}, 0,
			"3 cookie JSessionId: cookie JSESSIONID of Uri /*"},
		"in the URL": {[]string{asked("/x"), start, checking("the url rewrite affinity: 'shopid'"), ended}, 0,
			"3 URL identifier shopid: URL identifier jsessionid of Uri /*"},
		"said once": {[]string{asked("/x"), start, checking("the cookie affinity: A"), looking("A"), ended}, 0,
			"3 cookie A: cookie JSESSIONID of Uri /*"},
		"no name":             {[]string{asked("/x"), start, checking("the cookie affinity"), ended}, 0, ""},
		"the Uri not logged":  {[]string{start, looking("A"), checking("the cookie affinity: A"), ended}, 0, ""},
		"before the affinity": {[]string{asked("/x"), looking("A"), ended}, 0, ""},
		"said in each selection": {
			append(append([]string{asked("/x"), start, looking("A"), picked("a")}, again...), start,
				looking("A"), ended), 0,
			"3 cookie A: cookie JSESSIONID of Uri /*; 8 cookie A: cookie JSESSIONID of Uri /*"},
	} {
		t.Run(name, func(t *testing.T) {
			log := logOf(c.lines...)
			rep := replayLog(t, tableOf(t, xml), choices.Latest(), log)
			var got []string
			for _, d := range rep.Disagreements {
				if d.What == cookieDiffers {
					got = append(got, fmt.Sprintf("%d %s: %s", d.Place.Line, d.Logged, strings.Join(d.Ours, ", ")))
				}
			}
			agreed := rep.LinesAgreed
			if name == "said in each selection" {
				agreed-- // the host of the failed attempt
			}
			if strings.Join(got, "; ") != c.want || agreed != c.agreed {
				t.Errorf("%d lines agree, %q, want %d and %q", agreed, got, c.agreed, c.want)
			}
		})
	}
}
