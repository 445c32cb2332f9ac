package webhook

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// receive stores what it is sent, and answers once it is stored. A repeat has the id of a row that is
// there, so that whoever works on the rows works on each once.
func receive(db *sql.DB, key *standardwebhooks.Webhook) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || key.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		const row = `INSERT INTO inbox (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING`
		if _, err := db.ExecContext(r.Context(), row, r.Header.Get("webhook-id"), string(body)); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable) // the sender tries again
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// A receiver of webhooks that has each exactly once, although some come twice.
func Example_receiver() {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // each connection would have a database of its own
	if _, err := db.Exec(`CREATE TABLE inbox (id text PRIMARY KEY, body text NOT NULL)`); err != nil {
		fmt.Println(err)
		return
	}
	key, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := receive(db, key)
	for _, id := range []string{"forge_1", "forge_2", "forge_2"} {
		const body = `{"type":"job.matched"}`
		now := time.Now()
		signature, err := key.Sign(id, now, []byte(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("webhook-id", id)
		r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
		r.Header.Set("webhook-signature", signature)
		answer := httptest.NewRecorder()
		handler(answer, r)
		fmt.Println(id, answer.Code)
	}
	var rows int
	if err := db.QueryRow(`SELECT count(*) FROM inbox`).Scan(&rows); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rows, "rows")
	// Output:
	// forge_1 204
	// forge_2 204
	// forge_2 204
	// 2 rows
}
