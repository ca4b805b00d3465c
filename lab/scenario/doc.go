// Package scenario does to running members what a file says, and holds what happens against what is expected and
// against what is predicted.
//
// A [File] is read by [Read]; its tests are steps: requests of clients, kills, stops, looks of the thread that writes.
// [File.Run] runs each test on a lab of its own and gives [Result]s. A step has three verdicts: as expected, not as
// expected, and prediction and observation differ.
//
// It is the one room, with lab/page, that sees both sides: the lab, which behaves, and routecheck, which predicts. It
// hands the predictor facts (who is down since when, when the last change was made, whether a look has come since) and
// never tells the lab what was predicted.
//
// Start at file.go, then run.go; client.go is what a browser sees, facts.go what the predictor is told, judge.go the
// verdicts. cells.go, killtest.go and bench.go are runs that no file describes.
package scenario
