package grid

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

// How long a member asks the grid: each attempt longer than the one before, until another server leads where one led
// that died. JetStream takes 4 to 9 s to notice that, and may need a second election.
const (
	firstWait = 500 * time.Millisecond
	longest   = 4 * time.Second
	mostWait  = time.Minute
	pause     = 50 * time.Millisecond
)

// reach asks the engine until it answers, or until there is no hope that it will: then the grid is down, as a database
// is that does not answer. errNone, errOther and errStop are answers. What is asked may have been done by an attempt
// that failed, so it must bear to be done twice: changes tell by their stamp.
func reach(ctx context.Context, e engine, ask func(context.Context) error) error {
	until, wait := time.Now().Add(mostWait), firstWait
	for attempts := 1; ; attempts++ {
		err := within(ctx, wait, ask)
		if err == nil || errors.Is(err, errNone) || errors.Is(err, errOther) || errors.Is(err, errStop) {
			return err
		}
		wait = min(2*wait, longest)
		if ctx.Err() != nil || time.Now().After(until) || !e.hopeful(ctx, attempts) {
			return fmt.Errorf("%w: %w", session.ErrDown, err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// within asks once.
func within(ctx context.Context, wait time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return ask(ctx)
}
