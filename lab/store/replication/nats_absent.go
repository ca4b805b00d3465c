//go:build aix

package replication

import (
	"context"
	"errors"
)

// Open has nothing that could carry the messages.
func Open(context.Context, Config) (*Store, error) {
	return nil, errors.New("this wasplug is built without NATS, which does not exist for AIX: " +
		"there is no memory-to-memory replication")
}
