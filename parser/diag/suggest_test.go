package diag

import "testing"

func TestSuggest(t *testing.T) {
	known := []string{"Round Robin", "Random", "RetryInterval", "CloneID", "Name", "weight", "webServers"}
	for word, want := range map[string]string{
		"Round-Robin": "Round Robin", "roundrobin": "Round Robin", "RetryIntervall": "RetryInterval",
		"CloneId": "CloneID",
		"wieght":  "weight", "webservers": "webServers", "Hostname": "", "x": "", "": "", "Nmae": "Name",
	} {
		if got := Suggest(word, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}
