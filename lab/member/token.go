package member

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

const (
	tokenCookie = "LtpaToken2"
	tokenLife   = 120 * time.Minute // WebSphere's default
)

// tokens makes and reads the tokens of a login, USER.EXPIRES.SIGNATURE, as LTPA's: signed, not kept anywhere. All
// members of the run have one key: a login outlives its member.
type tokens struct {
	key   []byte
	clock *clock
}

// issue makes the token of a user.
func (t *tokens) issue(user string) string {
	expires := int64(t.clock.Now()) + tokenLife.Milliseconds()
	text := base64.RawURLEncoding.EncodeToString([]byte(user)) + "." + strconv.FormatInt(expires, 10)
	return text + "." + t.sign(text)
}

func (t *tokens) sign(text string) string {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// user is who has logged in, "" for nobody: no token, a forged one, or one whose time is over.
func (t *tokens) user(rq *http.Request) string {
	c, err := rq.Cookie(tokenCookie)
	if err != nil {
		return ""
	}
	at := strings.LastIndexByte(c.Value, '.')
	if at < 0 || !hmac.Equal([]byte(t.sign(c.Value[:at])), []byte(c.Value[at+1:])) {
		return ""
	}
	name, expires, _ := strings.Cut(c.Value[:at], ".")
	until, err := strconv.ParseInt(expires, 10, 64)
	user, bad := base64.RawURLEncoding.DecodeString(name)
	if err != nil || bad != nil || session.Millis(until) < t.clock.Now() {
		return ""
	}
	return string(user)
}
