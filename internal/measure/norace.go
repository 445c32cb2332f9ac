//go:build !race

package measure

// RaceDetector is true where the race detector runs, whose own cost would be measured.
const RaceDetector = false
