package try

import "errors"

func Used() {}

func Unused() {} // want unused

var Shared = 1 // want unused

type Colour int

const (
	Red Colour = iota
	Green
)

func (c Colour) String() string { return "" }

func (c Colour) Mix(with Colour) Colour { return c } // want unused

type Size int // want unused

const Small Size = 1 // want unused

type Refusal struct{ why error } // want unused

func (r *Refusal) Error() string { return "no" }

func (r *Refusal) Unwrap() error { return r.why }

func (r *Refusal) Is(target error) bool { return errors.Is(r.why, target) }

func (r *Refusal) WriteTo() {} // want unused

type inner struct{}

func (inner) Reads() {}
