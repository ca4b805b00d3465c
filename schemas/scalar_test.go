package schemas

import "testing"

// TestScalar: a value becomes what the schema takes, or nothing.
func TestScalar(t *testing.T) {
	for _, tt := range []struct {
		value string
		path  []string
		takes bool
	}{
		{"3", []string{"member", "weight"}, true},
		{"65536", []string{"member", "weight"}, false},
		{"03", []string{"member", "weight"}, false},
		{"-1", []string{"member", "weight"}, false},
		{"-60", []string{"member", "serverIOTimeout"}, true},
		{"2147483648", []string{"member", "serverIOTimeout"}, false},
		{"true", []string{"member", "extendedHandshake"}, true},
		{"yes", []string{"member", "extendedHandshake"}, false},
		{"Random", []string{"cluster", "loadBalance"}, true},
		{"random", []string{"cluster", "loadBalance"}, false},
		{"Warn", []string{"webServer", "log", "level"}, true},
	} {
		n, known := Scalar("topology", tt.value, tt.path[0], tt.path[1:]...)
		if !known || n != nil != tt.takes {
			t.Errorf("%v: %q: %v, known %v", tt.path, tt.value, n, known)
		}
	}
	if n, known := Scalar("topology", "1", "member", "noSuchKey"); n != nil || known {
		t.Error("a key that the schema does not know has a value")
	}
}
