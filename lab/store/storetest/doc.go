// Package storetest is what every store of sessions must do, whatever it is made of: one suite, run on all of them
// with [Run]. It knows [session.Store] and nothing of databases or messages; where stores differ by design, a field of
// [Cluster] says how. A [Recorder] lists the statements that a store sends to its database.
package storetest
