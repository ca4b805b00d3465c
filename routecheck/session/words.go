package session

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// A vocabulary is the words of a setting in the order of its constants: the first stands for the zero value.
type vocabulary []string

// read returns the constant that a word stands for.
func (v vocabulary) read(setting, word string) (uint8, error) {
	if i := slices.Index(v, word); i >= 0 {
		return uint8(i), nil
	}
	return 0, diag.Errorf("%s %q%s: want one of %s", setting, word, diag.DidYouMean(word, v), strings.Join(v, ", "))
}

// Persistence says where sessions live besides the memory of their member.
type Persistence uint8

// The persistences.
const (
	None Persistence = iota
	Database
	MemoryToMemory
	Grid // a session cache: Liberty's httpSessionCache, WebSphere eXtreme Scale
)

var persistences = vocabulary{"none", "database", "memory-to-memory", "grid"}

// Persistences lists the words of Persistence.
func Persistences() []string { return slices.Clone(persistences) }

// String returns the word that settings and flags use.
func (p Persistence) String() string { return persistences[p] }

// Frequency says when a changed session is written (section 4 of the session rules: W1 to W4).
type Frequency uint8

// The write frequencies.
const (
	EndOfService Frequency = iota
	TimeBased
	Manual
)

var frequencies = vocabulary{"end of servlet service", "time based", "manual update"}

// Frequencies lists the words of Frequency.
func Frequencies() []string { return slices.Clone(frequencies) }

// String returns the word that settings and flags use.
func (f Frequency) String() string { return frequencies[f] }

// Contents says what is written of a changed session (W5).
type Contents uint8

// The write contents. Liberty alone knows GetAndSet: what getAttribute gave out counts as changed.
const (
	OnlyUpdated Contents = iota
	AllAttributes
	GetAndSet
)

var contents = vocabulary{"only updated attributes", "all session attributes", "get and set attributes"}

// WriteContents lists the words of Contents.
func WriteContents() []string { return slices.Clone(contents) }

// String returns the word that settings and flags use.
func (c Contents) String() string { return contents[c] }

// Schema says how the database keeps a session: all of it in one row, or a row for each attribute.
type Schema uint8

// The schemas of the database.
const (
	singleRow Schema = iota
	multiRow
)

var schemas = vocabulary{"single row", "multi-row"}

// String returns the word that settings use.
func (s Schema) String() string { return schemas[s] }

// Mode says what a member is in its replication domain (M2).
type Mode uint8

// The modes of a member: peer to peer, or with replicators of their own, which get no requests.
const (
	Both Mode = iota
	Client
	Server
)

var modes = vocabulary{"both", "client", "server"}

// String returns the word that settings use.
func (m Mode) String() string { return modes[m] }

// Moment says when a member died, seen from the request that made the last change, or from the thread that writes
// under time based.
type Moment uint8

// The moments. Anytime is between requests, at a time that is not known.
const (
	anytime            Moment = iota
	during                    // while the servlet worked
	beforeWrite               // after service, before the write at its end
	afterWrite                // after that write, before the answer
	afterAnswer               // right after the answer
	flushedBeforeWrite        // the servlet flushed its answer, and the write was still to come (W1)
	untilLook                 // before the next look of the thread that writes (W4)
	afterLook
	orderlyStop // the member was stopped in order
	notSynced   // before sync() (W2)
	synced
)

var moments = vocabulary{"anytime", "during", "before-write", "after-write", "after-answer", "flushed-before-write",
	"before-look", "after-look", "orderly-stop", "not-synced", "synced"}

// Moments lists the words of Moment as flags and suites use them; between is the same as after-answer.
func Moments() []string { return append(slices.Clone(moments[during:]), between) }

const between = "between"

// String returns the word that flags and suites use.
func (m Moment) String() string { return moments[m] }

// ParseMoment reads one of [Moments].
func ParseMoment(word string) (Moment, error) {
	if word == between {
		return afterAnswer, nil
	}
	i, err := moments[during:].read("moment", word)
	return during + Moment(i), err
}

// inFlight reports a moment at which the client had no answer yet.
func (m Moment) inFlight() bool { return m >= during && m <= afterWrite }

// App is the kind of application, as far as its users see a failover differently.
type App uint8

// The kinds of application.
const (
	ordinary App = iota
	wizard       // choices live in the member until the last screen
	post         // a form whose POST is answered by a redirect
	portlet      // has something that cannot be serialised (W7)
	login        // keeps the login in the session
)

var apps = vocabulary{"ordinary", "wizard", "post", "portlet", "login"}

// Apps lists the words of App.
func Apps() []string { return slices.Clone(apps) }

// ParseApp reads one of [Apps].
func ParseApp(word string) (App, error) {
	i, err := apps.read("kind of application", word)
	return App(i), err
}
