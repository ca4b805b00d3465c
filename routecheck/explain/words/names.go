package words

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Source names the place of a session identifier in a request (R20).
func Source(source affinity.Source, name string) string {
	switch source {
	case affinity.SSLSession:
		return "the SSL session cookie " + name
	case affinity.SessionURL:
		return "the URL (;" + name + "=)"
	}
	return "cookie " + name
}

// Clones names the IDs of a session value, those of partitions as such (R21, R28).
func Clones(t *match.Table, ids []string) string {
	if len(ids) == 0 {
		return "no clone ID"
	}
	partition := func(id string) bool { return affinity.IsPartitionID(t, id) }
	// The order counts (R22), so "then" and not "and".
	if len(ids) > 1 && !slices.ContainsFunc(ids, partition) {
		return "clone IDs " + strings.Join(ids, ", then ")
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = "clone ID " + id
		if partition(id) {
			names[i] = "partition ID " + id
		}
	}
	return strings.Join(names, ", then ")
}

// UnusableTransport tells of an https Transport that cannot be used, and what that leads to (R64).
func UnusableTransport(t *match.Table, u *failover.UnusableTransport) string {
	text := keyringMissing(t.MemberName(u.Cluster, u.Member))
	if t.UseInsecure {
		return text + "; http is used instead (UseInsecure)"
	}
	return text + "; requests that need it get 500"
}

func keyringMissing(member string) string {
	return "the https Transport of " + member + " cannot be used: it needs a keyring, and the file PluginInstallRoot"
}
