package memory

import (
	"context"
	"encoding/json"

	"github.com/agent-forge/forge/store/driver"
)

// Put keeps a value of the application's own for a job; see forge.Annotator.
func (s *Store) Put(ctx context.Context, id int64, key string, value json.RawMessage) error {
	text, err := driver.PrepareExtra(key, value)
	if _, err := s.begin(ctx, err); err != nil {
		return named("put", err)
	}
	defer s.db.mu.Unlock()
	e, err := s.entry(id)
	if err != nil {
		return named("put", err)
	}
	if text == "" {
		delete(e.extra, key)
		return nil
	}
	if _, known := e.extra[key]; !known {
		if err := driver.CheckExtras(len(e.extra)); err != nil {
			return named("put", err)
		}
	}
	if e.extra == nil {
		e.extra = make(map[string]string)
	}
	e.extra[key] = text
	return nil
}

// hasExtra reports whether the entry has the key, and the value if one is given. An empty key is that
// of every entry.
func (e *entry) hasExtra(key, value string) bool {
	kept, ok := e.extra[key]
	return key == "" || ok && (value == "" || kept == value)
}
