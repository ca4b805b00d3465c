//go:build (darwin || freebsd || linux || windows) && (386 || amd64 || arm64 || ppc64le || s390x)

package database

import (
	"errors"

	driver "modernc.org/sqlite"
)

// How SQLite is opened. With a WAL members read while one writes, and who finds the file locked waits up to 5 s. What
// synchronous=normal acknowledged outlives a process that is killed, but no power cut.
const sqliteParameters = "_pragma=journal_mode(wal)&_pragma=busy_timeout(5000)&_pragma=synchronous(normal)" +
	"&_txlock=immediate"

// The result codes of SQLite that matter here; the low byte of an extended code.
const (
	sqliteBusy       = 5
	sqliteIOErr      = 10
	sqliteCantOpen   = 14
	sqliteProtocol   = 15
	sqliteConstraint = 19
)

// The file of a running lab may be read by others, and must not be changed by them.
const sqliteReadOnly = "mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)"

// sqlite is the engine of a file, with the limits of IBM's columns for DB2 and Derby with 4 KB pages (section 2 of
// the specification), so that what is too large there is too large here.
func sqlite(path string, readOnly bool) (*engine, error) {
	parameters := sqliteParameters
	if readOnly {
		parameters = sqliteReadOnly
	}
	connector, err := driver.NewConnector(fileURL(path, parameters))
	if err != nil {
		return nil, err
	}
	return &engine{
		connector: connector,
		table:     createTable("varchar(256)", "blob"),
		columns:   []column{{"small", 3122}, {"medium", 32700}, {"large", 2 << 20}},
		// 0 is an error that SQLite did not make. Locked for too long, on a disk that fails, not to be opened: as good
		// as not reached.
		refused: func(err error) bool {
			switch sqliteCode(err) {
			case 0, sqliteBusy, sqliteIOErr, sqliteCantOpen, sqliteProtocol:
				return false
			}
			return true
		},
		duplicate: func(err error) bool { return sqliteCode(err) == sqliteConstraint },
		busy:      func(err error) bool { return sqliteCode(err) == sqliteBusy },
	}, nil
}

// sqliteCode is the primary result code of an error, 0 where SQLite did not make it.
func sqliteCode(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}
