package parser

// Pause lets a program that has something else to do read a large file bit by bit: it is called every few dozen
// elements, by several goroutines at once, and may sleep. nil never does.
type Pause func()

// Take pauses.
func (p Pause) Take() {
	if p != nil {
		p()
	}
}

// pauseEvery is how many elements are worked on between two pauses: some ten microseconds.
const pauseEvery = 32
