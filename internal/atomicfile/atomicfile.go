// Package atomicfile writes a file whole or not at all: into a temporary file beside it, which then takes its place.
// It knows nothing of what is written.
package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
)

// ErrChanged says that somebody else wrote the file since it was read: it is left as it is now.
var ErrChanged = errors.New("somebody else has changed it meanwhile; it is left as it is")

// Replace puts data into an existing file, which must still hold was. Owner, group and mode stay; a link stays a link,
// and what it points to is replaced. The file holds data whole, or was: never a part. Errors name no path.
func Replace(path string, was, data []byte) error {
	target, err := resolve(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return bare(err)
	}
	return write(target, data, ours, func(tmp *os.File) error {
		if err := takeOwner(tmp, info); err != nil {
			return err
		}
		if err := tmp.Chmod(info.Mode().Perm()); err != nil { // a change of owner can clear bits
			return bare(err)
		}
		now, err := os.ReadFile(target)
		if err == nil && !bytes.Equal(now, was) {
			err = ErrChanged
		}
		if err != nil {
			return bare(err)
		}
		return bare(os.Rename(tmp.Name(), target))
	})
}

// Create writes a file that does not exist; the umask holds for its mode. What a dangling link points to is created,
// and the link stays. An error that is fs.ErrExist says that somebody else has created it meanwhile.
func Create(path string, data []byte) error {
	target, err := resolve(path)
	if err != nil {
		return err
	}
	return write(target, data, umasked, func(tmp *os.File) error {
		err := os.Link(tmp.Name(), target) // unlike a rename, never in place of a file
		if err == nil || errors.Is(err, fs.ErrExist) {
			return bare(err)
		}
		if _, stat := os.Lstat(target); stat == nil {
			return fs.ErrExist
		}
		return bare(os.Rename(tmp.Name(), target)) // a file system without links
	})
}

// Modes of a temporary file. What is to replace a file is nobody else's before it has that one's owner and mode: what
// others may not read is not open to them for a moment.
const (
	ours    fs.FileMode = 0o600
	umasked fs.FileMode = 0o666 // the umask takes its part
)

// write fills a temporary file of the given mode beside the target, and lets place put it there. Neither an error nor
// a signal nor a panic leaves the temporary file behind.
func write(target string, data []byte, mode fs.FileMode, place func(*os.File) error) error {
	var making sync.Mutex
	var tmp *os.File
	remove := func() {
		making.Lock()
		defer making.Unlock()
		if tmp != nil {
			os.Remove(tmp.Name()) // after the rename there is none of that name
		}
	}
	defer onSignal(remove)() // before there is anything to remove
	defer remove()
	making.Lock() // a signal meanwhile waits until it is known what to remove
	var err error
	tmp, err = temporary(target, mode)
	making.Unlock()
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err = errors.Join(bare(err), bare(tmp.Sync())); err == nil {
		err = place(tmp)
	}
	if err = errors.Join(err, bare(tmp.Close())); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(target))
}

// temporary creates a file of a name that nobody has. It stands beside the target: only within a file system is a
// rename one step. The dot hides it from programs that read a whole folder.
func temporary(target string, mode fs.FileMode) (*os.File, error) {
	for i := 0; ; i++ {
		name := filepath.Join(filepath.Dir(target),
			"."+filepath.Base(target)+"."+strconv.Itoa(os.Getpid())+"."+strconv.Itoa(i)+".tmp")
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) && i < 100 {
			continue
		}
		return f, bare(err)
	}
}

// onSignal runs clean when the user or the system ends the program, which then ends as it would have. The function
// that it returns ends the watch, and does not return where a signal has come.
func onSignal(clean func()) (stop func()) {
	heeded := slices.DeleteFunc(slices.Clone(ending), signal.Ignored) // nohup
	if len(heeded) == 0 {
		return func() {}
	}
	signals, done, over := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, heeded...)
	go func() {
		defer close(over)
		select {
		case s := <-signals:
			end(s, clean)
		case <-done:
			select { // one that has come just before counts, too
			case s := <-signals:
				end(s, clean)
			default:
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
		<-over
	}
}

// end lets the program end by a signal, after clean.
func end(s os.Signal, clean func()) {
	clean()
	signal.Reset(s)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(s) == nil {
		select {} // it ends now, and nobody tells of the file that is gone
	}
}

const mostLinks = 40 // as many as Linux follows

// resolve follows links to the file that is meant, whether it exists or not: a rename over a link would replace the
// link.
func resolve(path string) (string, error) {
	for range mostLinks {
		folder, name := filepath.Split(path)
		if folder == "" {
			folder = "."
		}
		plain, err := filepath.EvalSymlinks(folder) // behind a linked folder .. leads elsewhere than its text says
		switch {
		case err == nil:
			folder = plain
			path = filepath.Join(folder, name)
		case errors.Is(err, fs.ErrNotExist):
			return "", bare(err)
		} // else the system may know better: some volumes and junctions of Windows cannot be evaluated
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link, or nothing there
		}
		if !filepath.IsAbs(to) {
			to = folder + string(filepath.Separator) + to
		}
		path = to
	}
	return "", fmt.Errorf("more than %d links, one behind the other", mostLinks)
}

// bare returns an error without the name of the temporary file, which says nothing to the user.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
