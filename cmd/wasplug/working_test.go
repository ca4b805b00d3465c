package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestWorking: what takes long says so once, and leaves nothing behind on the terminal.
func TestWorking(t *testing.T) {
	for took, want := range map[time.Duration]string{
		silence / 2: "",
		3 * silence: "importing big.xml ...\r\x1b[K",
	} {
		synctest.Test(t, func(t *testing.T) {
			var terminal strings.Builder
			done := sayWorking(&terminal, "importing big.xml")
			time.Sleep(took)
			synctest.Wait()
			done()
			done()
			time.Sleep(2 * silence)
			if got := terminal.String(); got != want {
				t.Errorf("after %s the terminal shows %q, want %q", took, got, want)
			}
		})
	}
}
