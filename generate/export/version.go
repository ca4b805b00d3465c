package export

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/parser/diag"
)

// Version is that of a target, such as 1.29.6; the zero value is none in particular.
type Version struct{ Major, Minor, Patch int }

var versionText = lazy.Regexp(`^([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?$`)

// ReadVersion reads MAJOR.MINOR[.PATCH].
func ReadVersion(text string) (v Version, err error) {
	parts := versionText().FindStringSubmatch(text)
	if parts == nil {
		return v, diag.Errorf("%q: want a version, such as 1.29.6", text)
	}
	for i, to := range []*int{&v.Major, &v.Minor, &v.Patch} {
		*to, _ = strconv.Atoi(parts[i+1]) // "" is 0
	}
	return v, nil
}

// Before reports whether a version is older than another.
func (v Version) Before(w Version) bool {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch)) < 0
}

func (v Version) String() string {
	switch {
	case v == Version{}:
		return ""
	case v.Patch == 0:
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}
