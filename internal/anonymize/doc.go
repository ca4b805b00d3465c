// Package anonymize replaces words of files so that they can be passed on, and everything that decides stays: which
// request goes to whom, what lint finds, what a log tells.
//
// A word is a run of letters and digits. Words of the formats themselves (attributes, keys, values, what the plug-in
// writes into its log) stay; every other word becomes one of the same length, in any file alike. What a name is
// compared by survives that: equal words stay equal, letter case counts or not as before, words that begin alike begin
// alike, and a letter stays one of a-f, g-v or w-z, by which the forms of clone IDs are told apart. So every byte
// keeps its place, and a finding its line and column.
//
// Numbers that stand alone stay, for ports, weights, times and levels are such. A name is a pseudonym, no secret: who
// has the key, or guesses one that is short, can try names until one fits.
//
// Start reading at [Mapping.File], then once, which makes one word of another.
package anonymize
