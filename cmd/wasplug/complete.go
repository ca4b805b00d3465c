package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/reference"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
	"github.com/wasplug/wasplug/routecheck/session"
)

const (
	// completeCommand is the first word of the line that completion scripts run. The words of the person stand behind
	// it and are data there: none of them is acted upon.
	completeCommand = "__complete"
	// oldCompletionFlag is what scripts of earlier builds put behind the words.
	oldCompletionFlag = "--generate-bash-completion"
)

// asked is a line to be completed: the words of the command line without the program, the last one being typed.
type asked struct {
	app     *cli.App
	command *cli.Command      // nil where it is being typed
	flags   map[string]string // by their first names; "" has the first argument
	args    int               // how many there are
	current string            // the word being typed
}

// offer is what may stand in place of the last word.
type offer struct {
	words []string
	files bool // a file or folder may, its name beginning behind skip bytes of the word
	skip  int
}

// complete answers a completion script; done reports whether the line was one of it.
func complete(app *cli.App, args []string, w io.Writer) (done bool) {
	// Nothing is told of wrong flags: half a line is no wrong usage.
	switch last := len(args) - 1; {
	case last >= 1 && args[1] == completeCommand:
		answer(app, args[2:], w)
	case last >= 1 && args[last] == oldCompletionFlag:
		words := args[1:last]
		if last < 2 || !strings.HasPrefix(args[last-1], "-") {
			words = append(slices.Clone(words), "")
		}
		fmt.Fprint(w, lineByLine(offered(app, words).words))
	default:
		return false
	}
	return true
}

// answer writes what a script reads: a line "files N" where the shell knows better what may stand there, or "words"
// and the words. The words of "bash LINE WORD" are still in one line; WORD is the part of the last one that the shell
// would replace; the last one of "powershell WORD..." stands behind "=".
func answer(app *cli.App, args []string, w io.Writer) {
	if len(args) < 2 {
		return
	}
	words, quote, replaced := args[1:], byte(0), ""
	if args[0] == "bash" {
		// bash gives words that it has cut at "=" and ":", so the line is cut here.
		words, quote = shellWords(args[1])
		if words = words[1:]; len(words) == 0 {
			return
		}
		replaced = args[len(args)-1]
	}
	if last := len(words) - 1; args[0] == "powershell" {
		words = append(slices.Clone(words[:last]), strings.TrimPrefix(words[last], "="))
	}
	o := offered(app, words)
	if o.files {
		fmt.Fprintf(w, "files %d\n", o.skip)
		return
	}
	if args[0] == "bash" {
		o.words = forBash(o.words, words[len(words)-1], replaced, quote)
	}
	fmt.Fprint(w, "words\n"+lineByLine(o.words))
}

func lineByLine(words []string) string {
	var b strings.Builder
	for _, word := range words {
		if !strings.ContainsAny(word, "\r\n") { // a name from a file may hold anything
			b.WriteString(word + "\n")
		}
	}
	return b.String()
}

// offered finds what may stand in place of the last of some words. It reads the file of -c and runs nothing.
func offered(app *cli.App, words []string) offer {
	a := &asked{app: app, flags: map[string]string{}, current: words[len(words)-1]}
	words = words[:len(words)-1]
	if len(words) == 0 {
		return a.offer(append(commandNames(app), "--help", "--version"), 0)
	}
	named := 0
	if a.command, named = commandOf(app, words); named == 1 && len(words) == 1 {
		if second := secondWords(app, words[0]); second != nil && !strings.HasPrefix(a.current, "-") {
			return a.offer(second, 0)
		}
	}
	if a.command == nil {
		return offer{}
	}
	pending, ended := a.read(words[named:])
	switch {
	case pending != "":
		return a.value(pending, 0)
	case ended || !strings.HasPrefix(a.current, "-") || a.current == "-" && len(a.command.Flags) == 0:
		return a.argument()
	}
	if name, _, ok := strings.Cut(a.current, "="); ok {
		return a.value(strings.TrimLeft(name, "-"), len(name)+1)
	}
	names := []string{"--help"}
	for _, f := range a.command.Flags {
		for _, name := range f.Names() {
			names = append(names, dashed(name))
		}
	}
	return a.offer(names, 0)
}

// read notes flags and arguments. pending is the flag whose value comes next; behind "--" there are no flags.
func (a *asked) read(words []string) (pending string, ended bool) {
	for _, word := range words {
		name, value, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
		switch f := flagNamed(a.command.Flags, name); {
		case pending != "":
			a.flags[pending], pending = word, ""
		case ended || word == "-" || !strings.HasPrefix(word, "-"):
			if a.args++; a.args == 1 {
				a.flags[""] = word
			}
		case word == "--":
			ended = true
		case f == nil:
		case hasValue:
			a.flags[f.Names()[0]] = value
		case takesValue(f):
			pending = f.Names()[0]
		}
	}
	return pending, ended
}

// offer keeps the words that continue what is typed behind the first skip bytes of the current word.
func (a *asked) offer(words []string, skip int) offer {
	var o offer
	for _, word := range words {
		if strings.HasPrefix(word, a.current[skip:]) {
			o.words = append(o.words, a.current[:skip]+word)
		}
	}
	slices.Sort(o.words)
	o.words = slices.Compact(o.words)
	return o
}

// argument offers what stands without a flag: files, unless the command takes something else or nothing.
func (a *asked) argument() offer {
	switch a.command.Name {
	case "explain":
		words := reference.Words()
		if strings.Contains(a.current, "/") { // Server/CloneID
			words = reference.PageWords()
		}
		return a.offer(words, 0)
	case "schema":
		return a.offer(schemaNames(), 0)
	case "completion":
		return a.offer(completionShells(), 0)
	case "help":
		return a.offer(commandNames(a.app), 0)
	case "man":
		return a.offer(append(commandNames(a.app), "files"), 0)
	case "lab matrix", "proxy", "members", "verify", "version":
		return offer{}
	case "why":
		if a.args > 0 || a.flags["config"] != "" { // a URL
			return offer{}
		}
	}
	return offer{files: true}
}

// value offers values of a flag, behind the first skip bytes of the current word.
func (a *asked) value(flag string, skip int) offer {
	f := flagNamed(a.command.Flags, flag)
	if f == nil {
		return offer{}
	}
	flag = f.Names()[0]
	typed := a.current[skip:]
	if words := wordsOf(f); words != nil {
		if i := strings.IndexByte(typed, '='); i >= 0 { // lint --format sarif=FILE
			return offer{files: true, skip: skip + i + 1}
		}
		return a.offer(words, skip)
	}
	switch flag {
	case "plugin-level", "target":
		return a.offer(levels(), skip)
	case "assume":
		return a.offer(assumptions(typed), skip)
	case "web-server":
		return a.offer(a.webServers(), skip)
	case "method":
		return a.offer([]string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}, skip)
	case "down", "marked", "next", "pending", "weight", "expect", "not", "to", "partition":
		return a.offer(a.members(flag, typed), skip)
	}
	if doc, ok := f.(cli.DocGenerationFlag); ok && namesFile(doc.GetUsage()) {
		return offer{files: true, skip: skip}
	}
	return offer{}
}

// namesFile reports whether the value of a flag is a file or folder by the name that its text gives it: `FILE` in the
// usage is what completes files.
func namesFile(usage string) bool {
	_, rest, _ := strings.Cut(usage, "`")
	name, _, _ := strings.Cut(rest, "`")
	return strings.Contains(name, "FILE") || strings.Contains(name, "FOLDER") || strings.Contains(name, "DIR")
}

// commandNames are first words: "lab run" is offered as lab, and run behind it.
func commandNames(app *cli.App) (names []string) {
	for _, cmd := range app.VisibleCommands() {
		first, _, _ := strings.Cut(cmd.Name, " ")
		names = append(names, first)
	}
	return names
}

// secondWords lists the second words of the commands that begin with a word, such as those of lab.
func secondWords(app *cli.App, word string) (names []string) {
	for _, cmd := range app.VisibleCommands() {
		if first, second, ok := strings.Cut(cmd.Name, " "); ok && first == word {
			names = append(names, second)
		}
	}
	return names
}

// levels lists the plug-in levels at which something changes.
func levels() []string {
	all := []string{"latest"}
	for _, fact := range choices.LevelFacts() {
		for _, since := range fact.Since {
			all = append(all, since.Level)
		}
	}
	return all
}

// assumptions lists open choices, and of the one that is typed the values.
func assumptions(typed string) (all []string) {
	name, _, valued := strings.Cut(typed, "=")
	add := func(choice string, values []string) {
		switch {
		case !valued:
			all = append(all, choice+"=")
		case choice == name:
			for _, value := range values {
				all = append(all, name+"="+value)
			}
		}
	}
	for _, ch := range choices.All() {
		add(ch.Name, ch.Values)
	}
	for _, ch := range session.Choices() {
		add(ch.Name, ch.Values)
	}
	return all
}

// members lists the members of the configuration as a flag names them, with the value that the flag wants of them.
func (a *asked) members(flag, typed string) (all []string) {
	t := a.table()
	if t == nil {
		return nil
	}
	before, behind := "", ""
	switch flag {
	case "pending", "weight":
		behind = "="
	case "expect", "not":
		all, before = append(all, "declined", "status:"), "member:"
	case "partition":
		id, _, ok := strings.Cut(typed, "=")
		if !ok {
			return nil
		}
		before = id + "="
	}
	for i := range t.Clusters {
		switch flag {
		case "expect", "not":
			all = append(all, "cluster:"+t.Clusters[i].Name)
		case "to":
			all = append(all, t.Clusters[i].Name)
		}
		for j := range t.Clusters[i].Members {
			name := t.MemberName(match.ClusterID(i), match.MemberID(j))
			if _, _, err := names.Member(t, name); err != nil { // several clusters have one of that name
				name = t.Clusters[i].Name + "/" + name
			}
			all = append(all, before+name+behind)
			if flag == "down" && strings.HasPrefix(typed, name+"=") {
				all = append(all, withFailures(name)...)
			}
		}
	}
	return all
}

// withFailures are the ways in which --down lets a member fail.
func withFailures(member string) (all []string) {
	for _, failure := range explain.FailureModes() {
		all = append(all, member+"="+failure)
	}
	return all
}

// webServers lists the web servers of the topology that the line names.
func (a *asked) webServers() (names []string) {
	path := a.file()
	src, err := os.ReadFile(path)
	if path == "" || err != nil || !app.IsTopology(path, src) {
		return nil
	}
	files := diag.NewFiles()
	t, reports := generate.Read(files, files.Add(path, src))
	if diag.Worst(reports) >= diag.Error {
		return nil
	}
	outputs, _ := t.Compile(generate.Options{})
	for _, o := range outputs {
		names = append(names, o.WebServer)
	}
	return names
}

// file returns the configuration that the line names, "" where there is none that can be read at leisure: a pipe would
// hang the shell, and have nothing left for the command.
func (a *asked) file() string {
	path := a.flags["config"]
	if path == "" && (a.command.Name != "why" || a.args > 1) {
		path = a.flags[""]
	}
	for _, variable := range variables(a.command.Name, "config") {
		if path == "" {
			path = os.Getenv(variable)
		}
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok { // which no shell has replaced yet
		path = os.Getenv("HOME") + "/" + rest
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return path
}

// table reads that configuration, silently; nil where it cannot be read.
func (a *asked) table() *routecheck.Table {
	path := a.file()
	if path == "" {
		return nil
	}
	sem := choices.Latest()
	load := app.Load{Config: app.Config{Path: path, WebServer: a.flags["web-server"]}, DecideBy: &sem}
	l, err := load.Run(app.Input{Open: openFile})
	if err != nil {
		return nil
	}
	return l.Table
}
