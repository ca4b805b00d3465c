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

// TestProgress: a line now and then says how much has been read, and nothing is left of it.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var terminal strings.Builder
		p := &progress{terminal: &terminal, size: 200e6}
		for range 4 {
			p.add(10e6)
			p.add(40e6)
			time.Sleep(mostOften)
		}
		p.add(1)
		p.stop()
		want := "\rreading,  5 % of 200 MB\rreading, 30 % of 200 MB" +
			"\rreading, 55 % of 200 MB\rreading, 80 % of 200 MB\r\x1b[K"
		if got := terminal.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
