// Package page is the lab's page on the admin listener: where each session lives, who else has it, what would be lost
// if its owner died now, and buttons to kill, stop and start members.
//
// It shows what the lab and its members say, and asks the predictor for what would be lost. It decides nothing and
// keeps nothing but the last events. It works without script.
//
// Start at [New]; model.go gathers what is shown, loss.go asks the predictor, orders.go obeys the buttons.
package page
