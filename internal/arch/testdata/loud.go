package lint

import (
	"fmt"
	"log"
	"os"
)

func loud() {
	fmt.Println("a finding")
	fmt.Fprintln(os.Stderr, "a finding")
	log.Print("a finding")
	os.Exit(1)
	fmt.Sprint("of no harm")
}
