// Package exporttest holds an export against its real daemon: recording members behind it, questions in front, and
// what the decision core says beside who got them. It is imported by tests alone.
package exporttest
