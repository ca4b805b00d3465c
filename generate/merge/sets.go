package merge

// sets numbers sequences of distinct numbers: equal sequences have equal numbers, so a sequence is compared and stored
// as one number. The empty sequence is 0.
// A sequence is a path in a tree: next leads from a sequence and one more item to the longer one, nodes back.
type sets struct {
	next  map[[2]int32]int32
	nodes []setNode
}

type setNode struct{ before, item int32 }

func newSets() *sets { return &sets{map[[2]int32]int32{}, []setNode{{}}} }

// with returns a sequence with one more item at its end, or the sequence itself when that is its last item.
func (s *sets) with(set, item int32) int32 {
	if set != 0 && s.nodes[set].item == item {
		return set
	}
	key := [2]int32{set, item}
	id, known := s.next[key]
	if !known {
		id = int32(len(s.nodes))
		s.next[key] = id
		s.nodes = append(s.nodes, setNode{set, item})
	}
	return id
}

// last returns the last item of a sequence, -1 of the empty one.
func (s *sets) last(set int32) int32 {
	if set == 0 {
		return -1
	}
	return s.nodes[set].item
}

// items returns a sequence.
func (s *sets) items(set int32) []int32 {
	var all []int32
	for ; set != 0; set = s.nodes[set].before {
		all = append(all, s.nodes[set].item)
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}
