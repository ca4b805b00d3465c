package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser/diag"
)

// A wordFlag takes one of a few words: commands check by them, and completion offers them.
type wordFlag struct {
	*cli.StringFlag
	words []string
}

// A wordsFlag takes several of them.
type wordsFlag struct {
	*cli.StringSliceFlag
	words []string
}

// formatFlag is --format of a command that writes one report: help and completion read the formats of its kind, of
// which the first is the default. before and after are what help says around them.
func formatFlag(before string, formats interface {
	Names() []string
	Usage() string
}, after string) cli.Flag {
	names := formats.Names()
	return wordFlag{&cli.StringFlag{Name: "format", Value: names[0], Usage: before + formats.Usage() + after}, names}
}

// wordsOf lists what a flag takes where that is one of a few words, nil elsewhere.
func wordsOf(f cli.Flag) []string {
	switch f := f.(type) {
	case wordFlag:
		return f.words
	case wordsFlag:
		return f.words
	case fixFlag:
		return fixModes
	}
	return nil
}

// chosen returns the value of a flag that takes one of a few words. An unknown word is an error, never a silent
// default.
func chosen(c *cli.Context, flag string) (string, error) { return allowed(c, flag, c.String(flag)) }

// allowed returns a value that is to be one of the words that a flag takes. It is for values that are not all of what
// was typed, such as the format in sarif=FILE, or that a file says.
func allowed(c *cli.Context, flag, value string) (string, error) {
	return oneOf(flag, value, wordsOf(flagNamed(c.Command.Flags, flag)))
}

func oneOf(flag, value string, allowed []string) (string, error) {
	if slices.Contains(allowed, value) {
		return value, nil
	}
	return "", usageError("--%s %q%s: want one of %s", flag, value, diag.DidYouMean(value, allowed),
		strings.Join(allowed, ", "))
}
