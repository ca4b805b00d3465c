// Package playground is the way between a page in a browser and the use cases: a question about one plugin-cfg.xml and
// its answer, both JSON. The rooms below answer: decisions what why and graph tell, findings what lint and explain
// tell. Reports in answers are byte for byte what the command line writes.
//
// There are two rooms, and two programs of them in web/wasm, so that a browser can ask why before it has loaded the
// rules of lint, and while they are asked. What they link has to stay small: a browser reads no topologies and no YAML
// (files named ..._js.go in app, checks and schemas).
//
// Start with playground.go.
package playground
