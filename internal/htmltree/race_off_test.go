//go:build !race

package htmltree_test

const raceDetector = false
