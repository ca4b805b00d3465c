package main

import "testing"

// TestFromVersion: what go install notes of a commit or a tag is told as commit and date.
func TestFromVersion(t *testing.T) {
	for _, tt := range []struct{ given, want build }{
		{build{Version: "v0.0.0-20261130214352-08dae0812345"},
			build{Version: "v0.0.0-20261130214352-08dae0812345", Commit: "08dae0812345",
				Date: "2026-11-30T21:43:52Z"}},
		{build{Version: "v1.2.4-0.20261130214352-08dae0812345+dirty"},
			build{Version: "v1.2.4-0.20261130214352-08dae0812345+dirty", Commit: "08dae0812345",
				Date: "2026-11-30T21:43:52Z"}},
		{build{Version: "v1.2.3"}, build{Version: "v1.2.3"}},
		{build{Version: "v1.2.3", Commit: "08dae08", Date: "today"},
			build{Version: "v1.2.3", Commit: "08dae08", Date: "today"}},
		{build{Version: "(devel)"}, build{Version: "(devel)"}},
	} {
		if got := tt.given.fromVersion(); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.given.Version, got, tt.want)
		}
	}
}
