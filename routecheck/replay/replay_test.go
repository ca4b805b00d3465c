package replay

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/choices"
)

func TestMain(m *testing.M) {
	sharedtest.RelaxGC()
	m.Run()
}

// TestFlippedChoice: a log written under another value of one choice agrees with that value on every line, never
// rules it out, and where the base values disagree, names it.
func TestFlippedChoice(t *testing.T) {
	mattered := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		choice := choices.Choice(rapid.IntRange(0, len(choices.All())-1).Draw(t, "choice"))
		info := choices.All()[choice]
		value := uint8(rapid.IntRange(1, len(info.Values)-1).Draw(t, "value"))
		xml := drawer{t}.config()
		table := rapidTable(t, xml)
		base := choices.Latest()
		flipped := base.With(choice, value)
		log := new(bytes.Buffer)
		simulate(t, table, flipped, log)

		if rep := replayIn(t, table, flipped, log.Bytes()); rep.Mismatches > 0 {
			t.Fatalf("%s=%s does not agree with its own log\n%s\n%s", choice, info.Values[value], xml,
				describe(table, rep, log.Bytes()))
		}
		rep := replayIn(t, table, base, log.Bytes())
		for _, d := range rep.Disagreements {
			found := false
			for _, s := range d.Fits {
				found = found || s == Setting{choice, value}
			}
			if !found {
				t.Fatalf("%s=%s is not named\n%s\n%s",
					choice, info.Values[value], xml, describe(table, rep, log.Bytes()))
			}
		}
		for _, e := range rep.Choices {
			if e.Choice == choice && e.Values[value].RuledOut {
				t.Fatalf("%s=%s is ruled out by line %d of its own log\n%s\n%s", choice, info.Values[value],
					e.Values[value].At.Line, xml, describe(table, rep, log.Bytes()))
			}
		}
		if rep.Mismatches > 0 {
			mattered[choice.String()]++
		}
	})
	t.Log(mattered)
}

// TestHalfALog: a log that begins in the middle, or that hides the choices, hardly ever gives a false disagreement.
// Some remain possible: where a request before the cut did something that no line says, such as a probe that still
// runs.
func TestHalfALog(t *testing.T) {
	sharedtest.Computes(t)
	sample := rapid.Custom(func(t *rapid.T) *Report {
		table := rapidTable(t, drawer{t}.config())
		log := new(bytes.Buffer)
		level := rapid.SampledFrom([]pluginlog.Level{pluginlog.LevelTrace, pluginlog.LevelTrace, pluginlog.LevelDetail,
			pluginlog.LevelStats, pluginlog.LevelError}).Draw(t, "level")
		simulateAt(t, table, choices.Latest(), log, level)
		text := log.Bytes()
		for range rapid.IntRange(0, 100).Draw(t, "cut") {
			_, text, _ = bytes.Cut(text, []byte("\n"))
		}
		return replayIn(t, table, choices.Latest(), text)
	})
	seeds := 250
	if sharedtest.Long() {
		seeds = 1000
	}
	var decisions, mismatches, synced int64
	for seed := range seeds {
		rep := sample.Example(seed)
		decisions, mismatches, synced = decisions+rep.Decisions, mismatches+rep.Mismatches, synced+rep.Synchronised
	}
	if decisions < 1000 || synced == 0 || mismatches*1000 > decisions {
		t.Errorf("%d false disagreements in %d decisions, %d states learnt", mismatches, decisions, synced)
	}
	t.Logf("%d false disagreements in %d decisions, %d states learnt", mismatches, decisions, synced)
}
