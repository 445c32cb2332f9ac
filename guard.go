package forge

import (
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"

	"github.com/agent-forge/forge/lead"
)

// Boards and scorers read what strangers wrote, in goroutines where the caller cannot recover: one page that makes an adapter
// panic fails by itself and does not take the program down. Stores and observers are the caller's own, and are not guarded.

// guard calls f and returns its panic as an error.
func (r *run) guard(who string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = r.panicked(who, v)
		}
	}()
	return f()
}

// guardSearch ends the sequence with an error where the board panics. A panic of the loop over it goes on as it is.
func (r *run) guardSearch(source string, search iter.Seq2[lead.Lead, error]) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		inLoop, more := false, true
		defer func() {
			if inLoop {
				return
			}
			if v := recover(); v != nil {
				if err := r.panicked(source, v); more {
					yield(lead.Lead{}, err)
				}
			}
		}()
		search(func(l lead.Lead, err error) bool {
			inLoop = true
			more = yield(l, err)
			inLoop = false
			return more
		})
	}
}

// panicked describes a panic without the value, which may be a page's or a résumé's text, unless the runtime made it.
func (r *run) panicked(who string, v any) error {
	r.log.Error("panic", "in", who, "stack", string(debug.Stack()))
	if v, ok := v.(runtime.Error); ok {
		return fmt.Errorf("%s panicked: %w", who, v)
	}
	return fmt.Errorf("%s panicked with a %T", who, v)
}
