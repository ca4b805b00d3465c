//go:build !unix

package proxy

// canPeek is false: nobody can tell what an idle stream has received, so none is used again.
const canPeek = false

func peek(uintptr) glimpse { return unknown }
