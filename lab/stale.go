package lab

import (
	"context"
	"os"
	"path/filepath"

	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/system"
)

// A lab that is killed with -9 leaves its folder, and its schema in PostgreSQL. The next one takes both away, where
// the lock in that folder proves that the run is dead.

const (
	folderPrefix = "wasplug-lab-"
	lockFile     = "lock"
	schemaFile   = "schema" // has the name of the run's schema
)

// lock takes the folder's lock. Under its name it is never there without being held: so whoever finds it free knows
// that the run is dead, and not that it is just beginning.
func (f *folder) lock() (err error) {
	if f.held, err = os.OpenFile(f.file(lockFile+".new"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if !system.Hold(f.held) {
		return nil // nobody will take the folder for a dead one's
	}
	return os.Rename(f.held.Name(), f.file(lockFile))
}

// stale is the folder of a dead run, whose lock is ours now.
type stale struct {
	folder
	schema string // "" where it has none in PostgreSQL
}

// staleFolders are those of dead runs in a folder for temporary files, which belongs to all users of the machine:
// what is no folder, or open to others, was not made here.
func staleFolders(temporary string) (all []*stale) {
	paths, _ := filepath.Glob(filepath.Join(temporary, folderPrefix+"*")) // the pattern is well-formed
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 {
			continue // no run's
		}
		s := &stale{folder: folder{path: path}}
		if s.held, err = os.OpenFile(s.file(lockFile), os.O_RDWR, 0); err != nil {
			continue
		}
		if !system.Hold(s.held) {
			s.held.Close()
			continue
		}
		name, _ := os.ReadFile(s.file(schemaFile))
		s.schema = string(name)
		all = append(all, s)
	}
	return all
}

// sweep takes away what dead runs have left in a folder for temporary files, and with a DSN their schemas. A schema
// can be dropped only by a run that uses the same PostgreSQL: until one does, the folder stays with nothing but its
// name. What cannot be taken away is tried again by the next run: this one has no harm of it.
func sweep(ctx context.Context, temporary, dsn string) {
	for _, s := range staleFolders(temporary) {
		s.clear(ctx, dsn)
		s.held.Close()
	}
}

// clear takes away what can be. The lock and the schema's name stay while there is a schema that they stand for.
func (s *stale) clear(ctx context.Context, dsn string) {
	if s.schema != "" && dsn != "" {
		if dropped, err := database.DropSchema(ctx, dsn, s.schema); dropped && err == nil {
			s.schema = ""
		}
	}
	if s.schema == "" {
		os.RemoveAll(s.path)
		return
	}
	entries, _ := os.ReadDir(s.path)
	for _, e := range entries {
		if e.Name() != lockFile && e.Name() != schemaFile {
			os.RemoveAll(s.file(e.Name()))
		}
	}
}
