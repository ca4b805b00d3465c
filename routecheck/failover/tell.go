package failover

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file words the steps of a selection. Nothing here decides, and nothing here is called without a recorder that
// wants steps.

func (s *selection) name(m match.MemberID) string { return s.c.Members[m].Name }

// note appends a step; one with a text stands behind a skip that no pick has followed.
func (s *selection) note(step Step) {
	if step.Text != "" {
		s.flushSkip()
	}
	s.rec.Note(step)
}

func (s *selection) flushSkip() {
	if s.skipped != nil {
		s.rec.Note(*s.skipped)
		s.skipped = nil
	}
}

func (s *selection) tellNoSession() {
	if s.f.Attempts > 0 {
		return
	}
	step := Step{Kind: StepAffinity, Rule: "R20", Member: match.NoMember, Text: checked + "no session identifier in the request", At: s.f.Affinity.at}
	if !s.c.HasClones {
		step.Rule, step.At = "R25", s.c.At
		step.Text = fmt.Sprintf(checked+"no server of %s has a CloneID, so there is none", s.c.Name)
	}
	s.note(step)
}

const checked = "session affinity is checked: "

func (s *selection) tellSession(x *SessionID) {
	ids := CloneIDs(x.Value, s.c.Separator)
	text := fmt.Sprintf("%s carries %s", x.Describe(), CloneList(s.t, ids))
	switch {
	case s.f.Attempts > 0:
		text = "the session identifier is checked again: " + text
	case x == s.f.Affinity.ID(0):
		text = checked + text
	}
	s.note(Step{Kind: StepAffinity, Rule: "R20", Also: []string{"R21"}, Member: match.NoMember, Source: x.Source, Clone: strings.Join(ids, ","), Clones: ids, Text: text, At: s.f.Affinity.at})
}

func (x *SessionID) Describe() string {
	switch x.Source {
	case SSLSession:
		return "the SSL session cookie " + x.Name
	case SessionURL:
		return "the URL (;" + x.Name + "=)"
	}
	return "cookie " + x.Name
}

// CloneList words the IDs of a session value, those of partitions by their name (R21, R28).
func CloneList(t *match.Table, ids []string) string {
	if len(ids) == 0 {
		return "no clone ID"
	}
	if !slices.ContainsFunc(ids, func(id string) bool { return IsPartitionID(t, id) }) {
		if len(ids) == 1 {
			return "clone ID " + ids[0]
		}
		return "clone IDs " + strings.Join(ids, ", then ")
	}
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = "clone ID " + id
		if IsPartitionID(t, id) {
			words[i] = "partition ID " + id
		}
	}
	return strings.Join(words, ", then ")
}

func (s *selection) tellPartition(m match.MemberID, id string) {
	s.note(Step{Kind: StepClone, Rule: "R28", Member: m, Clone: id, At: s.c.Members[m].At,
		Text: fmt.Sprintf("the partition table gives partition ID %s to %s; primary and backup lists do not apply", id, s.name(m))})
}

func (s *selection) tellCompare(m match.MemberID, id string) {
	s.note(Step{Kind: StepCompare, Rule: "R22", Member: m, Clone: id, At: s.c.Members[m].CloneAt})
}

func (s *selection) tellClone(m match.MemberID, id string, place int, primary bool) {
	step := Step{Kind: StepClone, Rule: "R22", Member: m, Clone: id, At: s.c.Members[m].CloneAt}
	list := "primary"
	if !primary {
		list, step.Rule, step.Choice = "backup", "R39", choices.AffinityToBackup.String()
	}
	// Told once per request: the second time round the status says what matters.
	if !s.f.tried.has(m) {
		step.Text = fmt.Sprintf("clone ID %s is that of %s, %s in the %s list", id, s.name(m), ordinal(place), list)
	}
	s.note(step)
}

// tellUnknown is R27: nobody is found by a clone ID, so the request is balanced unless another one finds somebody. A
// server outside of the primary list that has it is the likely reason (R39, R40).
func (s *selection) tellUnknown(id string) {
	step := Step{Kind: StepClone, Rule: "R27", Member: match.NoMember, Clone: id, At: s.c.At,
		Text: fmt.Sprintf("no server in the primary list of %s has clone ID %s", s.c.Name, id)}
	for i := range s.c.Members {
		m := match.MemberID(i)
		if own := s.c.Members[m].CloneID; own != id && strings.EqualFold(own, id) {
			step.At, step.Choice = s.c.Members[m].CloneAt, choices.LetterCase.String()
			step.Text = fmt.Sprintf("clone ID %s is not %s of %s: letter case counts", id, own, s.name(m))
		}
		if id == "" || s.c.Members[m].CloneID != id {
			continue
		}
		step.At = s.c.Members[m].CloneAt
		if slices.Contains(s.c.Backup, m) {
			step.Rule, step.Choice = "R39", choices.AffinityToBackup.String()
			step.Text = fmt.Sprintf("clone ID %s is that of %s in the backup list, where affinity does not look", id, s.name(m))
			break
		}
		step.Rule = "R40"
		step.Text = fmt.Sprintf("clone ID %s is that of %s, which stands in neither list and gets nothing", id, s.name(m))
	}
	switch {
	case id == "":
		step.Text = "an empty clone ID is that of no server"
	case step.Rule == "R27" && IsPartitionID(s.t, id):
		s.partitionUnknown(&step, id)
	}
	s.note(step)
}

// partitionUnknown is what R28 says of a partition ID for which nobody is found.
func (s *selection) partitionUnknown(step *Step, id string) {
	step.Rule = "R28"
	switch {
	case s.cs.Partition != nil:
		step.Text = fmt.Sprintf("%s is a partition ID, and the partition table names no member for it", id)
	case s.c.GetTable && !s.tableMatters():
		step.Text = fmt.Sprintf("%s is a partition ID: the partition table, which is not given, can name no other server than %s", id, s.name(0))
	case s.c.GetTable:
		step.Choice = choices.PartitionTable.String()
		step.Text = fmt.Sprintf("%s is a partition ID: the partition table, which the plug-in learns from the servers, names its member, and it is not given", id)
	default:
		step.Text = fmt.Sprintf("%s is a partition ID, and GetDWLMTable of %s is not true, so no table names its member: "+
			"the documented case of broken affinity (PK48101)", id, s.c.Name)
	}
}

// passedOver tells why each listed member gets nothing.
func (s *selection) passedOver() string {
	var why []string
	for _, m := range slices.Concat(s.c.Primary, s.c.Backup) {
		why = append(why, s.whyNot(m))
	}
	return overText(why)
}

func overText(why []string) string {
	const most = 6
	if len(why) > most {
		why = append(why[:most:most], fmt.Sprintf("and %d more", len(why)-most))
	}
	if len(why) == 0 {
		return ""
	}
	return " (" + strings.Join(why, "; ") + ")"
}

// whyNot words why a member gets no new request now.
func (s *selection) whyNot(m match.MemberID) string {
	ms, member := &s.cs.Members[m], &s.c.Members[m]
	switch {
	case s.f.tried.has(m):
		return member.Name + " failed this request"
	case s.stuck(ms):
		return member.Name + " is marked down, and not probed again until a reload"
	case ms.MarkedDown && ms.Probing:
		return member.Name + " is marked down and being probed"
	case ms.MarkedDown && s.retryIn(ms) > 0:
		return fmt.Sprintf("%s is marked down, %s to go%s", member.Name, seconds(s.retryIn(ms)), s.judged())
	case member.MaxConnections > 0 && ms.Pending >= member.MaxConnections:
		return fmt.Sprintf("%s is full, %d of %d pending", member.Name, ms.Pending, member.MaxConnections)
	case member.Start == 0:
		return member.Name + " has weight 0"
	case ms.Weight <= 0:
		return member.Name + " has no weight left"
	}
	return member.Name + " is usable"
}

func (s *selection) primariesPassedOver() string {
	var why []string
	for _, m := range s.c.Primary {
		why = append(why, s.whyNot(m))
	}
	return overText(why)
}

// skippedBefore tells whom round robin passed over on its way from a position to its pick.
func (s *selection) skippedBefore(m match.MemberID, from int) string {
	var why []string
	for i := range s.c.Primary {
		p := s.c.Primary[(from+i)%len(s.c.Primary)]
		if p == m {
			break
		}
		why = append(why, s.whyNot(p))
	}
	return overText(why)
}

// judged says that a retry is judged by another time than now (choice retry-clock).
func (s *selection) judged() string {
	if s.f.judgedAt(s.now, s.sem) == s.now {
		return ""
	}
	return " when this request arrived"
}

// stuck reports whether a member counts as being probed for ever, though nobody does: what a 503 to a probe leads to
// before PM49491.
func (s *selection) stuck(ms *MemberState) bool {
	return ms.Probing && ms.Pending == 0 && !s.sem.BusyClears && !s.sem.Is(choices.Probe503BeforeFix, choices.ProbeRestartsTimer)
}

func ordinal(i int) string {
	if i == 0 {
		return "first"
	}
	return fmt.Sprintf("number %d", i+1)
}

// tellCheck keeps the bare status for logs; it has no text.
func (s *selection) tellCheck(m match.MemberID, st Check) {
	s.rec.Note(Step{Kind: StepStatus, Rule: "R42", Member: m, Check: st, At: s.c.Members[m].At})
}

// tellStatus tells the outcome of an affinity member's check. A skip waits for the pick that follows: both are one
// step, as in the ten steps.
func (s *selection) tellStatus(m match.MemberID, st Check) {
	step := Step{Kind: StepStatus, Rule: "R42", Member: m, Check: st, At: s.c.Members[m].At}
	switch {
	case st.Usable && st.MarkedDown:
		step.Text, step.Also = s.name(m)+" is marked down, but its retry is due: this request probes it", []string{"R52"}
	case st.Usable:
		step.Text = s.name(m) + " is not marked down"
	case st.MarkedDown && !st.RetryNow:
		step.Text = s.whyNotRetried(m, st)
	case st.Full:
		step.Text = fmt.Sprintf("%s has %d pending requests, its MaxConnections: skipped", s.name(m), s.cs.Members[m].Pending)
		step.Also, step.Choice = []string{"R23", "R60"}, choices.AffinityMaxConnections.String()
	}
	if st.Usable {
		s.note(step)
		return
	}
	s.tellCheck(m, st)
	s.flushSkip()
	step.Kind = StepSkip
	s.skipped = &step
}

func (s *selection) whyNotRetried(m match.MemberID, st Check) string {
	switch {
	case st.RetryIn > 0:
		return fmt.Sprintf("%s is marked down and its retry timer is not 0 (%s to go%s): skipped", s.name(m), seconds(st.RetryIn), s.judged())
	case s.stuck(&s.cs.Members[m]):
		return fmt.Sprintf("%s is marked down, and since its probe was answered 503 nobody probes it until a reload (before PM49491): skipped", s.name(m))
	case s.f.marked.has(m):
		return fmt.Sprintf("%s was marked down by this very request: skipped", s.name(m))
	}
	return fmt.Sprintf("%s is marked down and another request is probing it: skipped", s.name(m))
}

// tellPick tells who was picked and why.
func (s *selection) tellPick(m match.MemberID, by SelectedBy, rule string) {
	step := Step{Kind: StepPick, Rule: rule, Member: m, At: s.c.Members[m].At}
	switch by {
	case ByNextPrimary:
		step.Text = fmt.Sprintf("next in the primary list after %s is %s", s.name(s.f.home), s.name(m))
	case ByClusterAddress:
		step.Text = "affinity places the request nowhere: the ClusterAddress takes it"
	case ByBackup:
		step.Text = fmt.Sprintf("no primary is usable: the first usable backup is %s", s.name(m)) + s.primariesPassedOver()
	case ByRetryMarked:
		step.Text, step.Choice = fmt.Sprintf("everybody is marked down: %s is tried all the same", s.name(m)), choices.AllDown.String()
	default:
		step.Text = fmt.Sprintf("the random choice is %s (LoadBalance Random, weights unused)", s.name(m))
	}
	s.withSkip(step)
}

// tellRoundRobin tells how round robin came to its pick.
func (s *selection) tellRoundRobin(m match.MemberID, from int, started, raised bool) {
	member := &s.c.Members[m]
	step := Step{Kind: StepPick, Rule: "R30", Member: m, At: member.At}
	switch position := s.name(s.c.Primary[from]); {
	case started:
		step.Text = "round robin stands at " + position
	case s.f.Chance != nil && len(s.c.Primary) > 1:
		step.Text = fmt.Sprintf("round robin starts at random (one of %d equally likely starts; shown with %s)", len(s.c.Primary), position)
	default:
		step.Text = "round robin starts at random, here at " + position
	}
	if raised {
		step.Text += "; no usable primary has weight left, so the weights are raised"
		step.Also = append(step.Also, "R33")
	}
	if member.Start == 0 {
		step.Rule = "R36"
		step.Text += fmt.Sprintf("; no other primary is usable, so %s gets the request in spite of its weight 0", member.Name)
	} else {
		step.Text += fmt.Sprintf("; next usable in the primary list is %s, %s", member.Name, s.weight(m))
	}
	if !raised && s.skipped == nil {
		step.Text += s.skippedBefore(m, from)
	}
	if s.cs.Members[m].MarkedDown {
		step.Text += "; it is marked down, but its retry is due: this request probes it"
		step.Also = append(step.Also, "R52")
	}
	s.withSkip(step)
}

// weight tells the current weight, and how the start weight came from LoadBalanceWeight (R31).
func (s *selection) weight(m match.MemberID) string {
	current, start, written := s.cs.Members[m].Weight, startWeight(s.c, m, s.sem), s.c.Members[m].Weight
	text := fmt.Sprintf("weight %d", current)
	if current != start {
		text += fmt.Sprintf(" of %d", start)
	}
	if start > 0 && written > start {
		text += fmt.Sprintf(" (%d divided by %d)", written, written/start)
	}
	return text
}

// withSkip notes a pick, as one step with the skip that led to it.
func (s *selection) withSkip(step Step) {
	if s.f.homeMarked && (step.Rule == "R30" || step.Rule == "R35" || step.Rule == "R36") {
		step.Also, step.Choice = append(step.Also, "R26"), choices.AffinityFailover.String()
	}
	if s.skipped != nil {
		step.Text = s.skipped.Text + "; " + step.Text
		step.Also = append([]string{step.Rule}, step.Also...)
		step.Rule, step.Check = s.skipped.Rule, s.skipped.Check
		s.skipped = nil
	}
	s.rec.Note(step)
}

// seconds prints a duration as people write it: "60 s", "0.5 s".
func seconds(d match.Nanos) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", float64(d)/float64(match.Second)), "0"), ".") + " s"
}
