package try

import "bytes"

func brokenPath(target []byte) bool {
	path, _, _ := bytes.Cut(target, []byte{'?'})
	for {
		i := bytes.IndexByte(path, '%') // want escape
		if i < 0 {
			return false
		}
		if path = path[i+1:]; len(path) < 2 || string(path[:2]) == "00" {
			return true
		}
	}
}
