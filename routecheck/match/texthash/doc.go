// Package texthash hashes texts and looks for characters in them, eight bytes at a time. The hash of each leading part
// of a text comes out of one pass over the whole:
//
//	"/shop/cart/item"    seed -> Absorb("/shop/ca") -> Seal("rt/item", 15) is the hash of all of it
//	"/shop/"             seed -> Seal("/shop/", 6), the first six bytes of the same word
//
// So whoever looks up every folder of a path (match) pays for the path once, and not once a folder. [Of] is for those
// who have a whole text and nothing to share; the other functions are its parts, for loops that do.
//
// A word is eight bytes of a text read little endian, so the first byte of the text is the lowest of the word, and
// what lies behind the end of the text is zero. It is no check sum and no signature: where texts come from outside and
// could be written to collide, as paths and session identifiers could, the seed must be secret.
//
// It knows no tables, and nothing of paths. Start at [Of].
package texthash
