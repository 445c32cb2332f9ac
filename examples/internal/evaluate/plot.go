package evaluate

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/agent-forge/forge/gate"
)

// curve returns, for every cut from 0 to 101, the share of pairs below it and the share of good
// pairs from it on: what a filter before a model would save, and what it would leave.
func curve(js []judged) plotter.XYs {
	points := make(plotter.XYs, 0, 102)
	for cut := range 102 {
		points = append(points, at(js, cut))
	}
	return points
}

func at(js []judged, cut int) plotter.XY {
	saved := share(func(judged) bool { return true }, func(j judged) bool { return j.Score < cut })
	return plotter.XY{X: 100 * saved(js), Y: 100 * recall(cut)(js)}
}

// drawPlots writes recall.svg and recall.png, and returns their names. dir "" is a new folder.
func drawPlots(dir string, js []judged, g gate.Gate, s *measured) (string, error) {
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "evaluate-"); err != nil {
			return "", err
		}
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	p := plot.New()
	p.Title.Text = "What a cheap rejection saves, and what it loses"
	p.Title.Padding = vg.Points(6)
	p.X.Label.Text = "model calls saved (% of pairs below the cut)"
	p.Y.Label.Text = "recall (% of good jobs at or above the cut)"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 100, 0, 104
	p.Legend.Left, p.Legend.Padding = true, vg.Points(3)
	p.Legend.XOffs, p.Legend.YOffs = vg.Points(12), vg.Points(12)
	p.Add(plotter.NewGrid())

	line, err := plotter.NewLine(curve(js))
	if err != nil {
		return "", err
	}
	line.Width, line.Color = vg.Points(2), color.RGBA{R: 0x1f, G: 0x5f, B: 0xa8, A: 0xff}
	p.Add(line)
	p.Legend.Add("every cut of the score", line)

	ideal, err := plotter.NewLine(idealCurve(js))
	if err != nil {
		return "", err
	}
	ideal.Color, ideal.Dashes = color.Gray{Y: 0x80}, []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(ideal)
	p.Legend.Add("a perfect ranking", ideal)

	for _, m := range marks(g, s) {
		point, err := plotter.NewScatter(plotter.XYs{at(js, m.cut)})
		if err != nil {
			return "", err
		}
		point.Shape, point.Radius, point.Color = m.shape, vg.Points(5), m.color
		p.Add(point)
		p.Legend.Add(fmt.Sprintf("%s (cut %d)", m.name, m.cut), point)
	}

	var files []string
	for _, name := range []string{"recall.svg", "recall.png"} {
		file := filepath.Join(dir, name)
		if err := p.Save(6.5*vg.Inch, 4.5*vg.Inch, file); err != nil {
			return "", err
		}
		files = append(files, file)
	}
	return strings.Join(files, ", "), nil
}

// idealCurve loses nothing until all but the good is gone.
func idealCurve(js []judged) plotter.XYs {
	good := 100 * share(func(judged) bool { return true }, func(j judged) bool { return j.Good })(js)
	return plotter.XYs{{X: 0, Y: 100}, {X: 100 - good, Y: 100}, {X: 100, Y: 0}}
}

// A mark is a cut that means something.
type mark struct {
	name  string
	cut   int
	color color.Color
	shape draw.GlyphDrawer
}

func marks(g gate.Gate, s *measured) []mark {
	list := []mark{
		{"the gate", g.Threshold(), color.RGBA{R: 0xc0, G: 0x39, B: 0x2b, A: 0xff}, draw.PyramidGlyph{}},
	}
	if s.cheap != nil {
		list = append(list, mark{
			"the cascade's margin", s.low,
			color.RGBA{R: 0x2c, G: 0x8c, B: 0x4a, A: 0xff},
			draw.CircleGlyph{},
		})
	}
	return list
}
