package session

import (
	"encoding/json"
	"fmt"
	"time"
)

// Frequency says when a changed session is written.
type Frequency string

// The write frequencies, in IBM's words.
const (
	EndOfService Frequency = "end of servlet service"
	TimeBased    Frequency = "time based"
	Manual       Frequency = "manual update"
)

// Contents says what of a session is written.
type Contents string

// The write contents, in IBM's words; the third is Liberty's.
const (
	OnlyUpdated Contents = "only updated attributes"
	GetAndSet   Contents = "get and set attributes"
	All         Contents = "all session attributes"
)

// Config is what an application's session management is set to. Times are in seconds. [Default] has the values that
// hold where nothing is said, and JSON is read over them.
type Config struct {
	WriteFrequency        Frequency `json:"writeFrequency"`
	WriteInterval         int       `json:"writeInterval"`
	WriteContents         Contents  `json:"writeContents"`
	Timeout               int       `json:"timeout"`                         // S17; -1 never
	ReaperInterval        int       `json:"reaperInterval"`                  // S17; 0: follows the timeout
	ScheduledInvalidation []int     `json:"scheduledInvalidation,omitempty"` // D9: hours of the day, in UTC

	NoAffinitySwitchBack      bool     `json:"noAffinitySwitchBack"`      // S9
	ExpectedCloneIDs          []string `json:"expectedCloneIds"`          // S11
	CloneSeparator            string   `json:"cloneSeparator"`            // S1
	IDReuse                   bool     `json:"idReuse"`                   // S15
	IDLength                  int      `json:"idLength"`                  // S2
	NoAdditionalSessionInfo   bool     `json:"noAdditionalSessionInfo"`   // S21
	OptimizeCacheIDIncrements bool     `json:"optimizeCacheIdIncrements"` // S4
	Cookie                    string   `json:"cookie"`                    // S14
	URLIdentifier             string   `json:"urlIdentifier"`             // S13
	URLRewriting              bool     `json:"urlRewriting"`              // S13

	MaxInMemory              int  `json:"maxInMemory"`   // S18
	AllowOverflow            bool `json:"allowOverflow"` // S18
	SerialAccess             bool `json:"serialAccess"`  // S20
	OnlyCheckInCache         bool `json:"onlyCheckInCacheDuringPreInvoke"`
	SecurityIntegration      bool `json:"securityIntegration"`      // S19
	InvalidateOnUnauthorized bool `json:"invalidateOnUnauthorized"` // S19
	Distributable            bool `json:"distributable"`            // W7

	// What nobody outside IBM knows, as chosen (section 5.4 of the specification).
	TimeBasedScan          string `json:"timeBasedScan"`          // fixed-10s, exact
	NewSessionWrite        string `json:"newSessionWrite"`        // as-frequency, end-of-service
	AnswerBeforeWrite      string `json:"answerBeforeWrite"`      // no, yes; who calls Exchange.End keeps to it (W1)
	TakeoverID             string `json:"takeoverId"`             // new, same; without persistence
	PartitionAfterTakeover string `json:"partitionAfterTakeover"` // same, clone-appended (M14)
}

// Default is traditional WAS as it is installed.
func Default() Config {
	return Config{
		WriteFrequency: TimeBased, WriteInterval: 10, WriteContents: All, Timeout: 30 * 60,
		CloneSeparator: ":", IDLength: 23, Cookie: "JSESSIONID", URLIdentifier: "jsessionid",
		MaxInMemory: 1000, AllowOverflow: true, SecurityIntegration: true,
		TimeBasedScan: "fixed-10s", NewSessionWrite: "as-frequency", AnswerBeforeWrite: "no", TakeoverID: "new",
		PartitionAfterTakeover: "same",
	}
}

// UnmarshalJSON reads over the defaults.
func (c *Config) UnmarshalJSON(data []byte) error {
	type plain Config
	*c = Default()
	return json.Unmarshal(data, (*plain)(c))
}

// check refuses what cannot work: IBM's limits (S2, S17), and the timeout that would let a reaper delete what is in
// use.
func (c *Config) check(persistent bool) error {
	switch {
	case c.IDLength < 8 || c.IDLength > 128:
		return fmt.Errorf("an ID length of %d: 8 to 128 is possible", c.IDLength)
	case c.CloneSeparator != ":" && c.CloneSeparator != "+":
		return fmt.Errorf("a clone separator of %s: it is a colon or a plus sign", c.CloneSeparator)
	case c.ReaperInterval != 0 && c.ReaperInterval < 30:
		return fmt.Errorf("a reaper interval of %d s: 30 s is the least", c.ReaperInterval)
	case c.MaxInMemory < 1:
		return fmt.Errorf("%d sessions in memory: at least one is needed", c.MaxInMemory)
	case c.WriteFrequency == TimeBased && persistent && c.Timeout > 0 && c.Timeout < 2*c.WriteInterval:
		return fmt.Errorf(
			"a timeout of %d s with a write interval of %d s: it must be at least twice as long, or another "+
				"member's reaper deletes a session in use", c.Timeout, c.WriteInterval)
	}
	return c.checkWords()
}

// checkWords refuses what is none of the words: they come as JSON, and a misspelt one would behave as some other one.
func (c *Config) checkWords() error {
	words := []struct {
		key, value, first, second, third string
	}{
		{"write frequency", string(c.WriteFrequency), string(EndOfService), string(TimeBased), string(Manual)},
		{"write contents", string(c.WriteContents), string(OnlyUpdated), string(GetAndSet), string(All)},
		{"time-based-scan", c.TimeBasedScan, "fixed-10s", "exact", ""},
		{"new-session-write", c.NewSessionWrite, "as-frequency", "end-of-service", ""},
		{"answer-before-write", c.AnswerBeforeWrite, "no", "yes", ""},
		{"takeover-id", c.TakeoverID, "new", "same", ""},
		{"partition-after-takeover", c.PartitionAfterTakeover, "same", "clone-appended", ""},
	}
	for _, w := range words {
		if w.value == "" || w.value != w.first && w.value != w.second && w.value != w.third {
			return fmt.Errorf("%s: there is no %s", w.key, w.value)
		}
	}
	return nil
}

// scheduled says that invalidation keeps to hours: last accesses are then written at the end of service (D5), as no
// request compares and writes its own (D3).
func (c *Config) scheduled() bool { return len(c.ScheduledInvalidation) > 0 }

// LookEvery is the time between two looks of the write thread (W4).
func (c *Config) LookEvery() time.Duration {
	if c.TimeBasedScan == "exact" {
		return time.Duration(c.WriteInterval) * time.Second
	}
	return 10 * time.Second
}

// ReapEvery is the time between two runs of the reaper (S17). IBM's tables differ between versions, 30 s for the
// shortest timeouts and 360 s for the longest in all of them; the steps between are ours.
func (c *Config) ReapEvery() time.Duration {
	seconds := c.ReaperInterval
	switch {
	case seconds != 0:
	case c.Timeout < 0 || c.Timeout > 30*60:
		seconds = 360
	case c.Timeout > 15*60:
		seconds = 300
	case c.Timeout > 2*60:
		seconds = 60
	default:
		seconds = 30
	}
	return time.Duration(seconds) * time.Second
}
