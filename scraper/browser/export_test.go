package browser

import "github.com/chromedp/chromedp"

// Kill ends Chromium the hard way.
func (t *Transport) Kill() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return chromedp.FromContext(t.chromium.ctx).Browser.Process().Kill()
}

type Profile = profile

var (
	NewProfile      = newProfile
	RemoveAbandoned = removeAbandoned
)

// Remove removes the folder.
func (p *profile) Remove() { p.remove() }
