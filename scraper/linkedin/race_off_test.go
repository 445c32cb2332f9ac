//go:build !race

package linkedin_test

const raceDetector = false
