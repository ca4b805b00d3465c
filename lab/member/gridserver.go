package member

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/wasplug/wasplug/lab/listener"
	"github.com/wasplug/wasplug/lab/store/grid"
)

// startGridServer makes the process a server of the grid: members are its clients, and it serves nobody else. It
// takes orders only once it has what it must have, and the only one is /state: it has no clock to move and no moments
// to die at, and is killed from outside.
func startGridServer(ctx context.Context, spec *Spec, stdout io.Writer) (*server, error) {
	m := &server{spec: spec, clock: newClock(false, spec.Start), out: &lines{to: stdout}}
	if err := m.listenForOrders(); err != nil {
		return nil, err
	}
	var err error
	if m.gridServer, err = grid.Serve(ctx, *spec.GridServer); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) {
		st := m.gridServer.State()
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(State{Member: spec.Name, At: m.clock.Now(), Grid: &st})
	})
	m.obey(listener.Guard(spec.Token, mux))
	return m, nil
}
