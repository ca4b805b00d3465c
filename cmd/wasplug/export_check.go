package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/nginx"
	"github.com/wasplug/wasplug/internal/lazy"
)

// exportChecks are the programs that check what was written for them, in the order in which they are looked for.
var exportChecks = map[string][][]string{
	"haproxy": {{"haproxy", "-c", "-f", "haproxy.cfg"}},
	"nginx":   {{"nginx", "-t", "-c", "nginx.conf"}},
	"envoy":   {{"envoy", "--mode", "validate", "-c", "envoy.yaml"}},
	"httpd":   {{"apache2", "-t", "-f", "httpd.conf"}, {"httpd", "-t", "-f", "httpd.conf"}},
}

// checkExport has the target's own program read what was written. Where there is none nothing was checked, and that is
// no success.
func checkExport(c *cli.Context, target string, written []export.File) error {
	if c.Bool("fragment") {
		return failure(errors.New("not checked: a fragment is read with what includes it"))
	}
	for _, check := range exportChecks[target] {
		program, err := findProgram(check[0])
		if err != nil {
			continue
		}
		if target == "nginx" && isSticky(written) {
			if installed, old := nginxBefore(c.Context, program, nginx.Sticky); old {
				return checkWithoutSticky(c, program, installed, written)
			}
		}
		if err := checkIn(c, program, check[1:], c.String("output")); err != nil {
			return err
		}
		fmt.Fprintf(c.App.ErrWriter, "wasplug: checked by %s\n", program)
		return nil
	}
	if exportChecks[target] == nil {
		return failure(errors.New("not checked: nothing is written for " + target + " that could be"))
	}
	return failure(errors.New("not checked: no program of " + target + " is installed"))
}

// checkIn has a program read the file that its last argument names, in a folder.
func checkIn(c *cli.Context, program string, args []string, dir string) (err error) {
	args = slices.Clone(args)
	last := len(args) - 1
	if args[last], err = filepath.Abs(filepath.Join(dir, args[last])); err != nil {
		return failure(err)
	}
	// What the program says is shown where it refuses the file, and is a finding: the export is at fault.
	out, err := exec.CommandContext(c.Context, program, args...).CombinedOutput()
	if err != nil {
		fmt.Fprintf(readable(c.App.ErrWriter), "%s", out)
		fmt.Fprintf(c.App.ErrWriter, "wasplug: %s refuses %s: %v\n", program, args[last], err)
		return findings()
	}
	return nil
}

// isSticky reports whether files hold what only newer versions of nginx know.
func isSticky(files []export.File) bool {
	return slices.ContainsFunc(files, func(f export.File) bool {
		return f.Name == "plugin.conf" && len(nginx.WithoutSticky(f.Data)) < len(f.Data)
	})
}

var nginxVersion = lazy.Regexp(`nginx/([0-9.]+)`)

// nginxBefore reads the version of an installed nginx, and whether it is older than another.
func nginxBefore(ctx context.Context, program string, than export.Version) (text string, old bool) {
	out, err := exec.CommandContext(ctx, program, "-v").CombinedOutput()
	found := nginxVersion().FindSubmatch(out)
	if err != nil || found == nil {
		return "", false
	}
	version, err := export.ReadVersion(string(found[1]))
	return version.String(), err == nil && version.Before(than)
}

// checkWithoutSticky has an nginx that is too old check what it knows of the files, in a copy.
func checkWithoutSticky(c *cli.Context, program, installed string, written []export.File) error {
	dir, err := os.MkdirTemp("", "wasplug-check-")
	if err != nil {
		return failure(err)
	}
	defer os.RemoveAll(dir)
	for _, f := range written {
		if f.Name == "plugin.conf" {
			f.Data = nginx.WithoutSticky(f.Data)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			return failure(err)
		}
	}
	if err := checkIn(c, program, exportChecks["nginx"][0][1:], dir); err != nil {
		return err
	}
	return failure(fmt.Errorf("not checked: %s is nginx %s, and knows no 'sticky' (%s does): it takes all but the "+
		"lines with 'sticky', 'route' and 'drain'", program, installed, nginx.Sticky))
}

// findProgram looks where administrators' programs lie, too, which is not in the PATH of others.
func findProgram(name string) (string, error) {
	path, err := exec.LookPath(name)
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/sbin"} {
		if err != nil {
			path, err = exec.LookPath(filepath.Join(dir, name))
		}
	}
	return path, err
}
