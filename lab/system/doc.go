// Package system is where the lab asks the operating system for what each has in its own way: processes that end with
// their parent, are halted and go on, and a lock that ends with its process. Where a system has no such thing, a
// function says so or does less; nobody else looks at the system's name.
package system
