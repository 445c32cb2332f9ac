//go:build !race

package naukri_test

const raceDetector = false
