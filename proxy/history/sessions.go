package history

import (
	"math"
	"math/bits"
	"sync/atomic"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/texthash"
)

// Sessions are told of in steps of a minute: a sketch cannot forget single ones, only be emptied.
const (
	minute  = 60 * match.Second
	minutes = 10 // of which sessions are told

	// A sketch has 1024 registers: what it tells is off by 3 % (1.04/√1024) on the average, and by less of few.
	indexBits = 10
	registers = 1 << indexBits
	inWord    = 8 // registers in a word, a byte each
)

// Sessions counts those of a member. It needs 11 KiB, however many there are, and a session that is seen again costs
// three reads of memory and no lock. nil has seen none.
type Sessions struct {
	seed             uint64
	begun, takenOver atomic.Uint64
	slots            [minutes + 1]sketch // one for each minute, and the one that has begun
}

// sketch remembers of the sessions of one minute how rare the rarest hash was, in each of its registers (HyperLogLog).
type sketch struct {
	minute atomic.Int64 // 1 for the first
	words  [registers / inWord]atomic.Uint64
}

// NewSessions returns one that has seen none. Who knows the seed can choose IDs of which a thousand count as millions:
// clients must not know it.
func NewSessions(seed uint64) *Sessions { return &Sessions{seed: seed} }

// Begun notes a session that the member has begun.
func (s *Sessions) Begun(id string, now match.Nanos) {
	s.begun.Add(1)
	s.Seen(id, now)
}

// TakenOver notes one that another member had before.
func (s *Sessions) TakenOver(id string, now match.Nanos) {
	s.takenOver.Add(1)
	s.Seen(id, now)
}

// Seen notes a session by its ID.
func (s *Sessions) Seen(id string, now match.Nanos) {
	at := int64(now/minute) + 1
	slot := &s.slots[at%int64(len(s.slots))]
	if was := slot.minute.Load(); was != at {
		if was > at {
			return // a request that was long on its way
		}
		if slot.minute.CompareAndSwap(was, at) { // what others note meanwhile may get lost, which adds to the error
			for i := range slot.words {
				slot.words[i].Store(0)
			}
		}
	}
	hash := spread(texthash.Of(s.seed, id))
	// the first ten bits choose the register, the leading zeros of the others make the rank; a 1 set behind ends them
	rank := uint64(bits.LeadingZeros64(hash<<indexBits|1<<(indexBits-1)) + 1)
	index := hash >> (64 - indexBits)
	word, shift := &slot.words[index/inWord], index%inWord*8
	for {
		old := word.Load()
		if old>>shift&0xff >= rank || word.CompareAndSwap(old, old&^(0xff<<shift)|rank<<shift) {
			return
		}
	}
}

// spread lets each bit of a hash depend on all (Steele and others, 2014): IDs may be much alike.
func spread(hash uint64) uint64 {
	hash = (hash ^ hash>>30) * 0xbf58476d1ce4e5b9
	hash = (hash ^ hash>>27) * 0x94d049bb133111eb
	return hash ^ hash>>31
}

// Status tells of the sessions until now: those of ten minutes, and of the one that has begun. The sketch of several
// minutes has in each register the greatest of theirs, so a session that comes in each of them counts once.
func (s *Sessions) Status(now match.Nanos) (out admin.SessionStatus) {
	if s == nil {
		return out
	}
	out.Begun, out.TakenOver = s.begun.Load(), s.takenOver.Load()
	var most [registers]uint8
	oldest := int64(now/minute) + 1 - minutes
	for i := range s.slots {
		slot := &s.slots[i]
		if slot.minute.Load() < max(oldest, 1) {
			continue
		}
		for j := range most {
			most[j] = max(most[j], uint8(slot.words[j/inWord].Load()>>(j%inWord*8)))
		}
	}
	out.Recent = estimate(&most)
	return out
}

// estimate is how many different hashes make such registers (Flajolet and others, 2007): few are told by the registers
// that none has come to, many by the harmonic mean.
func estimate(ranks *[registers]uint8) uint64 {
	const m = float64(registers)
	sum, empty := 0.0, 0
	for _, rank := range ranks {
		sum += math.Ldexp(1, -int(rank))
		if rank == 0 {
			empty++
		}
	}
	n := 0.7213 / (1 + 1.079/m) * m * m / sum
	if n <= 2.5*m && empty > 0 {
		n = m * math.Log(m/float64(empty))
	}
	return uint64(math.Round(n))
}
