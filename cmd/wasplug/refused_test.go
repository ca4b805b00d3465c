package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	twoRoutes = `<Config>
 <VirtualHostGroup Name="vh"><VirtualHost Name="*:80"/></VirtualHostGroup>
 <ServerCluster Name="C"><Server Name="m1"><Transport Hostname="127.0.0.1" Port="9080"/></Server></ServerCluster>
 <UriGroup Name="u"><Uri Name="/app/*"/></UriGroup>
 <Route ServerCluster="C" UriGroup="u" VirtualHostGroup="vh"/>
 `
	suiteOfOne = "config: plugin-cfg.xml\nassume: {open-route: ASSUMED}\ntests:\n  - {name: one, requests: [{url: " +
		"http://h/app/x, expect: C}]}\n"
	noLog = "[06/Oct/2017:19:06:43.24773] 00000001 00000001 - PLUGIN: Bld version: 9.0.5.7\n"
)

// TestRefusedFiles: a file that the plug-in rejects under an open choice is refused by every command that decides by
// it, with the same words at the same place and exit code 3; without the choice they take it.
func TestRefusedFiles(t *testing.T) {
	const reason = "plugin-cfg.xml:6:3: error: Route lacks VirtualHostGroup or UriGroup; under " +
		"open-route=rejects-file the plug-in rejects the whole file"
	for name, open := range map[string]string{"no URIs": `<Route ServerCluster="C" VirtualHostGroup="vh"/>`,
		"no hosts": `<Route ServerCluster="C" UriGroup="u"/>`} {
		for assumed, refused := range map[string]bool{"rejects-file": true, "matches-all": false, "never": false} {
			t.Run(name+", "+assumed, func(t *testing.T) {
				t.Chdir(t.TempDir())
				put(t, "plugin-cfg.xml", twoRoutes+open+"\n</Config>\n")
				put(t, "suite.yaml", strings.ReplaceAll(suiteOfOne, "ASSUMED", assumed))
				put(t, "http_plugin.log", noLog)
				commands := [][]string{
					{"why", "-c", "plugin-cfg.xml", "--assume", "open-route=" + assumed, "http://h/app/x"},
					{"test", "suite.yaml"},
					{"trace", "-c", "plugin-cfg.xml", "--assume", "open-route=" + assumed, "http_plugin.log"},
				}
				if refused {
					commands = append(commands, []string{"proxy", "-c", "plugin-cfg.xml", "--assume", "open-route=" +
						assumed, "--listen", "127.0.0.1:0=80"})
				}
				for _, args := range commands {
					out, errOut, code := program(t, args...)
					if (code == exitFailed) != refused || strings.Contains(filepath.ToSlash(errOut),
						reason) != refused {
						t.Errorf("%v: exit code %d\n%s%s", args, code, out, errOut)
					}
				}
			})
		}
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
