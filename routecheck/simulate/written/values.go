package written

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/simulate"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// duration reads 10s, 500ms or 2m; a bare number counts seconds.
func duration(text string) (match.Nanos, error) {
	// Below 4e9 seconds nanoseconds fit into 64 bits.
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n < 4e9 {
		return match.Nanos(math.Round(n * 1e9)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, diag.Errorf("%q is no time: want 10s, 500ms or 2m", text)
	}
	return match.Nanos(d), nil
}

// rate reads 2000/s, 90/m or 5/h; a bare number is one a second.
func rate(text string) (float64, error) {
	number, unit, _ := strings.Cut(text, "/")
	per, known := map[string]float64{"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !known || !(n > 0 && n <= 1e9) {
		return 0, diag.Errorf("%q is no rate: want requests in a time, as in 2000/s or 90/m, up to 1e9 a second", text)
	}
	return n / per, nil
}

// distribution reads 80ms, exp 80ms, lognormal 80ms 1.5 or uniform 10ms 50ms.
func distribution(text string) (d simulate.Distribution, err error) {
	words := strings.Fields(text)
	wrong := diag.Errorf("%q says no time: want 80ms, exp 80ms, "+
		"lognormal 80ms 1.5 (mean, deviation of the logarithm) or "+
		"uniform 10ms 50ms", text)
	if len(words) == 0 {
		return d, wrong
	}
	shape, numbers := "", words
	if words[0] == "exp" || words[0] == "lognormal" || words[0] == "uniform" {
		shape, numbers = words[0], words[1:]
	}
	if want := map[string]int{"": 1, "exp": 1, "lognormal": 2, "uniform": 2}[shape]; len(numbers) != want {
		return d, wrong
	}
	mean, err := duration(numbers[0])
	if err != nil {
		return d, err
	}
	if mean > mostTime {
		return d, diag.Errorf("%s is longer than 100 days", numbers[0])
	}
	switch shape {
	case "exp":
		return simulate.Exponential(mean), nil
	case "lognormal":
		deviation, err := strconv.ParseFloat(numbers[1], 64)
		if err != nil || !(deviation >= 0 && deviation <= 10) {
			return d, diag.Errorf("%q is no deviation of a logarithm: want 0 to 10", numbers[1])
		}
		return simulate.Lognormal(mean, deviation), nil
	case "uniform":
		top, err := duration(numbers[1])
		if err == nil && (top < mean || top > mostTime) {
			err = diag.Errorf("%q: want the shorter time first, and no more than 100 days", text)
		}
		return simulate.Uniform(mean, top), err
	}
	return simulate.Constant(mean), nil
}

const mostTime = 100 * 24 * 3600 * match.Second

// share reads 0.7 or 70%.
func share(text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	n, err := strconv.ParseFloat(number, 64)
	if percent {
		n /= 100
	}
	if err != nil || !(n >= 0 && n <= 1) {
		return 0, diag.Errorf("%q is no share: want 0 to 1, or 0%% to 100%%", text)
	}
	return n, nil
}

// size reads bytes: 500, 90KB, 2MB.
func size(text string) (int64, error) {
	// Map order does not matter: no text ends in two of the units.
	number, unit := text, int64(1)
	for suffix, n := range map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30} {
		if cut, ok := strings.CutSuffix(text, suffix); ok {
			number, unit = strings.TrimSpace(cut), n
		}
	}
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil || n < -1 || n < 0 && unit > 1 {
		return 0, diag.Errorf("%q is no size: want 500, 90KB or 2MB, or -1 for unknown beforehand", text)
	}
	return n * unit, nil
}

func isNumber(text string) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && n >= 0 && !math.IsInf(n, 0)
}

// number reads a whole number between bounds.
func number(least, most int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, diag.Errorf("%q: want a whole number from %d to %d", text, least, most)
		}
		return n, nil
	}
}

// value reads a scalar, and reports what is wrong with it; where there is none, the value stays as it is.
func value[T any](d *Draft, n *yamldoc.Node, into *T, read func(string) (T, error)) bool {
	if n == nil {
		return false
	}
	if n.Kind != yamldoc.Scalar {
		d.report(n.Span, "a map or a list stands where one value is wanted")
		return false
	}
	v, err := read(n.Text)
	if err != nil {
		d.report(n.Span, "%v", err)
		return false
	}
	*into = v
	return true
}
