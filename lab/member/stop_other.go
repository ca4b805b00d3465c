//go:build !unix

package member

import "time"

// stop stands for a halt where there is no signal for it: nobody can let the process go on.
func stop() { time.Sleep(1<<63 - 1) }
