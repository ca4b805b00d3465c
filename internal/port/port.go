// Package port keeps ports for servers that are not there yet, or come and go.
//
// To listen on port 0, close, and use the number later is a race: meanwhile the system may give the number to anybody,
// even as the own end of a connection that another program makes. A port that is kept is given to nobody.
package port
