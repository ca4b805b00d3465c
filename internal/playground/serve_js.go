package playground

import (
	"syscall/js"
	"time"
)

// Serve offers the page the function "wasplug", which takes a question and the bytes of a file, and returns the
// answer. It does not end but by a fault of ours, behind which the page starts the program again.
func Serve(ask func(question, file []byte, now time.Time) []byte) {
	js.Global().Set("wasplug", js.FuncOf(func(_ js.Value, args []js.Value) any {
		file := make([]byte, args[1].Length())
		js.CopyBytesToGo(file, args[1])
		return string(ask([]byte(args[0].String()), file, time.Now()))
	}))
	select {}
}
