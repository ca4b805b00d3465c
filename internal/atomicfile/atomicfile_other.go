//go:build !unix

package atomicfile

import (
	"io/fs"
	"os"
)

var ending = []os.Signal{os.Interrupt}

func takeOwner(*os.File, fs.FileInfo) error { return nil }

func syncFolder(string) error { return nil }
