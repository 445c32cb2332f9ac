// Package demoboard serves two small job boards for the examples on loopback, and the boards of two
// companies. Their adverts are invented. Their markup is that of LinkedIn's guest pages and their
// JSON that of Naukri, Greenhouse and Lever, so that the real adapters read them. Like real boards,
// they list adverts of many trades on several pages, one advert is closed, one was taken down, one is
// older than two months, and one stands on two boards.
package demoboard

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Resume is the sample résumé of an invented backend engineer.
//
//go:embed resume.md
var Resume string

//go:embed linkedin.json naukri.json companies.json
var adverts embed.FS

// A job is one advert.
type job struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Company    string   `json:"company"`
	Location   string   `json:"location"`
	DaysAgo    int      `json:"days_ago"`
	About      string   `json:"about"`
	Duties     []string `json:"duties"`
	Must       []string `json:"must"`
	Nice       []string `json:"nice"`
	Offer      []string `json:"offer"`
	EasyApply  bool     `json:"easy_apply"`
	Employment string   `json:"employment_type"`
	Seniority  string   `json:"seniority"`
	Function   string   `json:"function"`
	Industry   string   `json:"industry"`
	Salary     string   `json:"salary"`
	// "", "closed", or "gone", which is listed although its page is missing
	State string `json:"state"`

	// These fields are used by Naukri only.
	Skills     []string `json:"skills"`
	Experience []int    `json:"experience"` // years, from and to
	Workplace  string   `json:"workplace"`  // "", "Remote", "Hybrid"
	WalkIn     bool     `json:"walk_in"`
}

// A Board is the two boards, being served.
type Board struct {
	// URL is the base URL of all boards. Their paths differ.
	URL string

	server *http.Server
	served chan error
}

// Start serves the boards on a free port of the loopback interface until Close.
func Start(ctx context.Context) (*Board, error) {
	handler, err := Handler(time.Now)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo board: %w", err)
	}
	b := &Board{
		URL:    "http://" + listener.Addr().String(),
		server: &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second},
		served: make(chan error, 1),
	}
	go func() { b.served <- b.server.Serve(listener) }()
	return b, nil
}

// Close stops serving.
func (b *Board) Close() error {
	err := b.server.Close()
	if served := <-b.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// matches reports whether the advert contains any of the keywords. Real boards match as loosely.
func (j job) matches(keywords, location string) bool {
	text := strings.Join(append([]string{j.Title, j.Company, j.About}, j.Must...), " ")
	return anyWord(keywords, text) && anyWord(location, j.Location)
}

// remote reports whether the advert says that the work is remote.
func (j job) remote() bool {
	return strings.EqualFold(j.Workplace, "remote") || strings.Contains(strings.ToLower(j.Location), "remote")
}

func anyWord(words, text string) bool {
	fields := strings.Fields(strings.ToLower(words))
	text = strings.ToLower(text)
	for _, w := range fields {
		if strings.Contains(text, strings.Trim(w, ",")) {
			return true
		}
	}
	return len(fields) == 0
}

func read(file string) ([]job, error) {
	b, err := adverts.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("demo board: %w", err)
	}
	var list []job
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("demo board: %s: %w", file, err)
	}
	return list, nil
}
