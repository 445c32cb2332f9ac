package lexical

import (
	"math/bits"
	"slices"

	"github.com/agent-forge/forge/enrich"
)

// The bytes of a sketch hold seven bits each below a high bit that is set, so that no run of them is
// text in ASCII, whatever the numbers are.
const (
	bitsPerByte = 7
	highBit     = 1 << bitsPerByte
)

// A bitWriter appends numbers of few bits.
type bitWriter struct {
	bytes enrich.Sketch
	free  int // bits of the last byte that are not used
}

// put appends the lowest n bits of v, the highest first.
func (w *bitWriter) put(v, n int) {
	for n--; n >= 0; n-- {
		if w.free == 0 {
			w.bytes, w.free = append(w.bytes, highBit), bitsPerByte
		}
		w.free--
		w.bytes[len(w.bytes)-1] |= byte(v>>n&1) << w.free
	}
}

func (w *bitWriter) flag(set bool) {
	if set {
		w.put(1, 1)
	} else {
		w.put(0, 1)
	}
}

// riceBits is the width of the parameter of a [bitWriter.rice].
const riceBits = 4

// rice appends a number as a quotient by 1<<k in unary and a rest of k bits, which is short for gaps
// between sorted numbers: https://en.wikipedia.org/wiki/Golomb_coding.
func (w *bitWriter) rice(v, k int) {
	for range v >> k {
		w.put(1, 1)
	}
	w.put(0, 1)
	w.put(v, k)
}

// gaps returns the parameter that suits the gaps of n sorted numbers below limit.
func gaps(n, limit int) int {
	if n == 0 {
		return 0
	}
	return min(max(0, bits.Len(uint(limit*7/10/n))-1), 1<<riceBits-1)
}

// A bitReader reads what a bitWriter wrote. What is beyond the end is zeros, and sets over.
type bitReader struct {
	bytes enrich.Sketch
	at    int // bits that were read
	over  bool
}

func (r *bitReader) get(n int) (v int) {
	for range n {
		i := r.at / bitsPerByte
		if i >= len(r.bytes) || r.bytes[i]&highBit == 0 {
			r.over = true
			return 0
		}
		v = v<<1 | int(r.bytes[i]>>(bitsPerByte-1-r.at%bitsPerByte)&1)
		r.at++
	}
	return v
}

func (r *bitReader) flag() bool { return r.get(1) == 1 }

func (r *bitReader) rice(k int) int {
	q := 0
	for r.flag() {
		q++
	}
	return q<<k | r.get(k)
}

// nearest returns the place of the value in table that is nearest to v.
func nearest(table []float64, v float64) int {
	best := 0
	for i, t := range table {
		if abs(t-v) < abs(table[best]-v) {
			best = i
		}
	}
	return best
}

func abs(x float64) float64 { return max(x, -x) }

// writeIDs appends sorted numbers below limit, and calls more after each of them.
func (w *bitWriter) writeIDs(ids []int32, limit int, more func(id int32)) {
	k := gaps(len(ids), limit)
	w.put(len(ids), countBits)
	w.put(k, riceBits)
	last := -1
	for _, id := range ids {
		w.rice(int(id)-last-1, k)
		last = int(id)
		more(id)
	}
}

// writeSteps appends the keys of a map below limit, each with the step of table that is nearest to its
// value.
func (w *bitWriter) writeSteps(values map[int32]float64, limit int, table []float64, width int) {
	w.writeIDs(sortedIDs(values), limit, func(id int32) { w.put(nearest(table, values[id]), width) })
}

// countBits is the width of the length of a list. No sketch has room for a longer one.
const countBits = 9

// readIDs reads what writeIDs wrote. It returns false for a number that is not below limit.
func (r *bitReader) readIDs(limit int, more func(id int32)) bool {
	n := r.get(countBits)
	k := r.get(riceBits)
	last := -1
	for range n {
		last += r.rice(k) + 1
		if r.over || last >= limit {
			return false
		}
		more(int32(last))
	}
	return !r.over
}

// sortedIDs returns the keys of a map in order.
func sortedIDs[V any](m map[int32]V) []int32 {
	ids := make([]int32, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
