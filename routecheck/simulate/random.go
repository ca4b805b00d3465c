package simulate

import (
	"math"
	"math/bits"

	"github.com/wasplug/wasplug/routecheck/match"
)

// stream is a sequence of random numbers (splitmix64). Each purpose of each process has its own, so that what one
// process does changes nothing for another.
type stream uint64

// purpose is what random numbers are for.
type purpose uint64

const (
	forArrivals purpose = iota + 1
	forRouting
	forClients
	forURLs
	forService
	forLengths
	forChance // those of the plug-in itself: a random choice, the first position of round robin
	forWrites
)

const everywhere = -1 // in place of a process: what is drawn for all of them

func newStream(seed uint64, process int, p purpose) stream {
	// The seed is stirred before, between and behind: neighbours (seed 1 and 2, process 1 and 2) have nothing in
	// common.
	s := stream(seed)
	s = stream(s.next() ^ uint64(process+1)*0xd1342543de82ef95)
	s = stream(s.next() ^ uint64(p)*0x2545f4914f6cdd1d)
	return stream(s.next())
}

func (s *stream) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a whole number from 0 to n-1.
func (s *stream) below(n int) int {
	// The high half of a product, without drawing again: for the n that there are the bias is below one in 2^32.
	high, _ := bits.Mul64(s.next(), uint64(n))
	return int(high)
}

// unit returns a number from 0 to below 1.
func (s *stream) unit() float64 { return float64(s.next()>>11) * 0x1p-53 }

// exponential returns a number with mean 1.
func (s *stream) exponential() float64 { return -math.Log(1 - s.unit()) }

// normal returns a number with mean 0 and deviation 1.
func (s *stream) normal() float64 {
	// Box-Muller; the second number that it could give is not kept, so that each draw takes two numbers of the stream.
	return math.Sqrt(2*s.exponential()) * math.Cos(2*math.Pi*s.unit())
}

// shape is the form of a distribution.
type shape uint8

const (
	constant shape = iota
	exponential
	lognormal
	uniform
)

// Distribution is how long something takes. The zero value is no time.
type Distribution struct {
	shape      shape
	mean       match.Nanos // of uniform: halfway; closed forms ask for it whatever the shape
	parameter  float64     // of lognormal: the deviation of the logarithm
	least, top match.Nanos
}

// Constant always takes the same time.
func Constant(d match.Nanos) Distribution { return Distribution{mean: d} }

// Exponential forgets how long it has taken.
func Exponential(mean match.Nanos) Distribution { return Distribution{shape: exponential, mean: mean} }

// Lognormal has a long tail; deviation is that of the logarithm.
func Lognormal(mean match.Nanos, deviation float64) Distribution {
	return Distribution{shape: lognormal, mean: mean, parameter: deviation}
}

// Uniform is anything between two times.
func Uniform(least, top match.Nanos) Distribution {
	return Distribution{shape: uniform, mean: least + (top-least)/2, least: least, top: top}
}

// longest bounds what is drawn: 100 days.
const longest = 100 * 24 * 3600 * match.Second

// draw draws a time.
func (d *Distribution) draw(s *stream) match.Nanos {
	mean := float64(d.mean)
	switch d.shape {
	case exponential:
		return match.Nanos(min(mean*s.exponential(), float64(longest)))
	case lognormal: // of all with this deviation the one that has the mean
		return match.Nanos(min(mean*math.Exp(d.parameter*s.normal()-d.parameter*d.parameter/2), float64(longest)))
	case uniform:
		return d.least + match.Nanos(s.unit()*float64(d.top-d.least))
	}
	return d.mean
}

// geometric draws how many requests a session has, from 1 on, with a mean.
func geometric(mean float64, s *stream) int32 {
	if mean <= 1 {
		return 1
	}
	// By inversion: one draw, whatever the mean.
	n := math.Ceil(-s.exponential() / math.Log1p(-1/mean))
	return int32(min(max(n, 1), math.MaxInt32))
}
