package replay

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck"
)

// TestFlippedChoice: a log written under another value of one choice agrees with that value on every line, never rules it out, and where
// the base values disagree, names it.
func TestFlippedChoice(t *testing.T) {
	mattered := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		choice := routecheck.Choice(rapid.IntRange(0, len(routecheck.Choices())-1).Draw(t, "choice"))
		info := routecheck.Choices()[choice]
		value := uint8(rapid.IntRange(1, len(info.Values)-1).Draw(t, "value"))
		xml := drawer{t}.config()
		table := rapidTable(t, xml)
		base := routecheck.Latest()
		flipped := base.With(choice, value)
		log := new(bytes.Buffer)
		simulate(t, table, flipped, log)

		if rep := replayIn(t, table, flipped, log.Bytes()); rep.Faults > 0 {
			t.Fatalf("%s=%s does not agree with its own log\n%s\n%s", choice, info.Values[value], xml, describe(table, rep, log.Bytes()))
		}
		rep := replayIn(t, table, base, log.Bytes())
		for _, d := range rep.Disagreements {
			found := false
			for _, s := range d.Fits {
				found = found || s == Setting{choice, value}
			}
			if !found {
				t.Fatalf("%s=%s is not named\n%s\n%s", choice, info.Values[value], xml, describe(table, rep, log.Bytes()))
			}
		}
		for _, e := range rep.Choices {
			if e.Choice == choice && e.Values[value].RuledOut {
				t.Fatalf("%s=%s is ruled out by line %d of its own log\n%s\n%s", choice, info.Values[value], e.Values[value].At.Line, xml, describe(table, rep, log.Bytes()))
			}
		}
		if rep.Faults > 0 {
			mattered[choice.String()]++
		}
	})
	t.Log(mattered)
}

// TestHalfALog: a log that begins in the middle, or that hides the choices, gives no false disagreement.
func TestHalfALog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xml := drawer{t}.config()
		table := rapidTable(t, xml)
		log := new(bytes.Buffer)
		level := rapid.SampledFrom([]pluginlog.Level{pluginlog.LevelTrace, pluginlog.LevelTrace, pluginlog.LevelDetail, pluginlog.LevelStats, pluginlog.LevelError}).Draw(t, "level")
		simulateAt(t, table, routecheck.Latest(), log, level)
		text := log.Bytes()
		for range rapid.IntRange(0, 100).Draw(t, "cut") {
			_, text, _ = bytes.Cut(text, []byte("\n"))
		}
		if rep := replayIn(t, table, routecheck.Latest(), text); rep.Faults > 0 {
			t.Fatalf("level %s, %d faults\n%s\n%s", level, rep.Faults, xml, describe(table, rep, text))
		}
	})
}
