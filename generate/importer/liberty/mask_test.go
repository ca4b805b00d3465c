package liberty_test

import (
	"testing"

	"github.com/wasplug/wasplug/generate/importer/liberty"
)

// TestMasked: a password is nowhere in a file as it is shown, and nothing has moved.
func TestMasked(t *testing.T) {
	for in, want := range map[string]string{
		`<p user="u" password="a=b"/>`:                   `<p user="u" password="***"/>`,
		`<p keyPassword = 'x y'/>`:                       `<p keyPassword = '***'/>`,
		`<include location="http://u:p@h/x.xml"/>`:       `<include location="http://***@h/x.xml"/>`,
		`<p url="jdbc:db2://h/x:user=u;password=abc;"/>`: `<p url="jdbc:db2://h/x:user=u;password=***;"/>`,
		`<variable name="db.password" value="abc"/>`:     `<variable name="db.password" value="***"/>`,
		`<variable name="db.user" value="abc"/>`:         `<variable name="db.user" value="abc"/>`,
		`<httpSession cookieName="SHOP"/>`:               `<httpSession cookieName="SHOP"/>`,
	} {
		if got := string(liberty.Masked([]byte(in))); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}
