// Package written reads a request as people write it: a URL, cookies, header fields. The command line, test suites and
// the proxy's page all read here, so that all take and refuse the same, in the same words.
//
// It knows what a client may send, and no table.
package written
