//go:build aix

package grid

import (
	"context"
	"errors"
)

var errAbsent = errors.New("this wasplug is built without NATS, which does not exist for AIX: there is no JetStream " +
	"grid, only one in a Redis that runs")

func openJetStream(*Config) (engine, error) { return nil, errAbsent }

// Server is none: nothing can start one.
type Server struct{}

// Serve has nothing that could keep the sessions.
func Serve(context.Context, ServerConfig) (*Server, error) { return nil, errAbsent }

// State is that of no server.
func (*Server) State() ServerState { return ServerState{} }

// Close has nothing to end.
func (*Server) Close() error { return nil }
