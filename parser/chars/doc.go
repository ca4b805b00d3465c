// Package chars says what XML 1.0 allows of a character: in a name, in a text, or nowhere.
//
// [Is] asks one question of a byte at the cost of one look into a table: the scanner asks it of nearly every byte of a
// file. It is exact for ASCII. Of a byte above 0x7f it says that it may begin a name, or stand in one or in a value,
// and that it needs a closer look, which [Name] and [Allowed] take. Which encoding the bytes are in is for package
// parser.
//
// Start at [Class].
package chars
