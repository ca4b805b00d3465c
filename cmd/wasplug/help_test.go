package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/wrap"
)

// TestHelpIsReadable holds the help of every command to the width of a terminal, and each flag to a line with its text
// below.
func TestHelpIsReadable(t *testing.T) {
	for _, cmd := range append(commands(), &cli.Command{Name: ""}) {
		out, errOut, code := program(t, "help", cmd.Name)
		if cmd.Name == "" {
			out, errOut, code = program(t, "help")
		}
		if code != exitFine || errOut != "" {
			t.Errorf("help %s: exit code %d\n%s", cmd.Name, code, errOut)
		}
		lines := strings.Split(out, "\n")
		for i, text := range lines {
			if utf8.RuneCountInString(text) > wrap.Width {
				t.Errorf("help %s: line of %d columns: %s", cmd.Name, utf8.RuneCountInString(text), text)
			}
			if strings.HasPrefix(text, "  -") && !strings.HasPrefix(lines[i+1], "      ") {
				t.Errorf("help %s: no text below %s", cmd.Name, text)
			}
			if strings.Contains(text, "`") || strings.Contains(text, "default: )") {
				t.Errorf("help %s: %s", cmd.Name, text)
			}
		}
	}
}

// TestFlagValuesAreTaken: what completion offers for a flag is what the command takes, and every flag with such values
// exists.
func TestFlagValuesAreTaken(t *testing.T) {
	seen := map[string]bool{}
	for _, cmd := range commands() {
		for _, f := range cmd.Flags {
			for _, value := range wordsOf(f) {
				seen[f.Names()[0]] = true
				_, errOut, code := program(t, cmd.Name, "--"+f.Names()[0]+"="+value, "/nowhere/x.xml", "http://h/")
				if code == exitUsage && strings.Contains(errOut, "want") {
					t.Errorf("%s --%s=%s: %s", cmd.Name, f.Names()[0], value, errOut)
				}
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %v have values", seen)
	}
}
