package diagnose

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// Verdict says what is known of a cause.
type Verdict uint8

// The verdicts.
const (
	Open     Verdict = iota // what must be collected says the report
	Excluded                // something speaks against it
	Possible                // the file allows it, and nothing speaks against it
	Found                   // the evidence suffices alone
)

// String returns the verdict as reports show it.
func (v Verdict) String() string { return [...]string{"open", "excluded", "possible", "found"}[v] }

// MarshalText writes the verdict as String does.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Cause is a reason for a symptom, with what an administrator does about it.
type Cause struct {
	// Two letters of the symptom and a number. Users name it (wasplug explain NB1), so none is given twice.
	ID string
	// The symptom in whose table the cause stands; a name of symptoms.go.
	Symptom  string
	Also     []string // further symptoms that it answers for
	Text     string   // what is the case
	Advice   string
	Commands []string // of wasplug, exactly as they are typed
	Rules    []string // of the procedure, of lab.md, of the closed forms
	Lint     []string // codes of findings by which the file speaks
	Source   string

	// file says what the configuration has to say, log what was seen. Either is nil where it can say nothing.
	file, log func(*Case) opinion
	needs     need // what would have to be there for the log to speak
}

// stance is how an opinion stands to its cause.
type stance uint8

const (
	silent stance = iota
	allows        // it may be so
	denies        // it is not so
	proves        // it is so
)

// opinion is what one source has to say of a cause.
type opinion struct {
	stance
	why      string // one sentence for the report
	seen     sightings
	share    float64 // of the affected requests, 0 to 1; 0 where nobody knows
	commands []string
}

// judge weighs the two sources: what was seen counts for more than what the file says, for it need not be the file in
// force; and what proves for more than what denies. Nothing is found because a file allows it: that is possible, and
// says what would have to be collected to know. A log that only allows comes last: it says less than a file that
// denies.
func (c *Cause) judge(k *Case) *Judged {
	file, log := ask(c.file, k, k.File != nil), ask(c.log, k, k.Log != nil || k.Access != nil || k.Server != nil)
	j := &Judged{Cause: c}
	switch {
	case log.stance == proves:
		j.take(Found, log)
	case log.stance == denies:
		j.take(Excluded, log)
	case file.stance == proves:
		j.take(Found, file)
	case file.stance == denies:
		j.take(Excluded, file)
	case file.stance == allows:
		j.take(Possible, file)
	case log.stance == allows:
		j.take(Possible, log)
	}
	// What is found or excluded needs no more evidence, so only these two ask for some.
	if j.Verdict == Open || j.Verdict == Possible {
		j.missing = c.needs.missing(k)
	}
	if j.Verdict == Open {
		j.Why = c.needs.words(k)
	}
	return j
}

// ask lets a source speak. One that the cause has not, or that was not given, is silent, which is the zero opinion.
func ask(source func(*Case) opinion, k *Case, there bool) opinion {
	if source == nil || !there {
		return opinion{}
	}
	return source(k)
}

// Judged is a cause with its verdict.
type Judged struct {
	*Cause
	Verdict  Verdict
	Why      string // what speaks for it or against it
	Evidence []facts.Evidence
	Count    int64   // lines of evidence, of which Evidence are the first
	Share    float64 // of the affected requests, 0 where nobody knows

	missing need
	// commands of the opinion that was taken; nil: those of the cause
	typed []string
}

// take makes a verdict of an opinion. What was seen is evidence for a cause, so an exclusion shows none. The share is
// cut at 1: lines are counted, and one request can have several.
func (j *Judged) take(v Verdict, o opinion) {
	j.Verdict, j.Why, j.Share, j.typed = v, o.why, min(o.share, 1), o.commands
	if v != Excluded {
		j.Evidence, j.Count = o.seen.First, o.seen.Count
	}
}

// Typed are the commands to type: those that the evidence suggests, else those of the cause.
func (j *Judged) Typed() []string {
	if len(j.typed) > 0 {
		return j.typed
	}
	return j.Cause.Commands
}

// Causes returns all causes in the order of the symptoms. Within a symptom it is the order in which what is possible
// is shown.
func Causes() []*Cause {
	return slices.Concat(balancing(), detected(), recovering(), affinity(), sessions(), errors500(), errors503(),
		slow(), wrongApp(), twice())
}

// Lookup finds a cause by its ID, whatever its letter case; nil when there is none.
func Lookup(id string) *Cause {
	for _, c := range Causes() {
		if strings.EqualFold(c.ID, id) {
			return c
		}
	}
	return nil
}

// Answers reports whether a cause is one of a symptom.
func (c *Cause) Answers(symptom string) bool {
	return c.Symptom == symptom || slices.Contains(c.Also, symptom)
}
