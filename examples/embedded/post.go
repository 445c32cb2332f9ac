package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/agent-forge/forge/store"
)

// cursor returns the last decision that the receiver has.
func cursor(ctx context.Context, db *sql.DB) (after int64, err error) {
	err = db.QueryRowContext(ctx, `SELECT change_id FROM app.told`).Scan(&after)
	return after, err
}

var client = &http.Client{
	Timeout:       10 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post posts a decision. A redirect is no answer: the signature is for one URL.
func post(ctx context.Context, url, secret string, c store.Change) error {
	sign, err := webhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	id, now := fmt.Sprint("app_", c.ID), time.Now()
	body, err := json.Marshal(map[string]any{
		"type": "job.decided", "timestamp": c.At,
		"data": map[string]any{"job_id": c.JobID, "kind": c.Kind, "title": c.Lead.Title},
	})
	if err != nil {
		return err
	}
	signature, err := sign.Sign(id, now, body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(webhooks.HeaderWebhookID, id)
	r.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(webhooks.HeaderWebhookSignature, signature)
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the receiver answers %s", answer.Status)
	}
	return nil
}
