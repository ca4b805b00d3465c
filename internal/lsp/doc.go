// Package lsp speaks the Language Server Protocol, 3.17, over two streams: it holds the documents of an editor, tells
// findings while they are written, and answers about places in them.
//
// It knows messages, lines and UTF-16, versions, and which work is stale. What is found is the answer of package
// checks, which reads the documents as it reads files: the findings are those of "wasplug lint" on the same bytes.
// What stands at a place is the answer of package editor. It knows neither rules nor attributes, and reads no clock.
//
// JSON-RPC is package jrpc2's; how messages are framed (frames.go) is here, since lengths are bounded. Start with
// server.go, then checker.go.
package lsp
