// Package rebase keeps what people changed by hand in a generated plugin-cfg.xml when it is generated anew: a merge of
// three files, of which one is the file that both others come from.
//
// It compares elements by what identifies them, wherever they stand: a name, the groups of a Route, the protocol of a
// Transport. The result is the edited file with edits on spans, so its layout, order and comments stay. It knows which
// file says what, and neither what it means nor who should be right: where both changed one thing, that is a conflict.
//
// Start reading at [Rebase], then element.
package rebase
