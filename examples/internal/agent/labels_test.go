package agent

import (
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// labelled has n matches that were saved, and n that were dismissed.
func labelled(t *testing.T, n int) *memory.DB {
	t.Helper()
	db := memory.New(nil)
	s := db.ForUser("ada")
	for i := range 2 * n {
		refs, err := s.Sync(t.Context(), []lead.Lead{{
			Source: "example", ExternalID: fmt.Sprint(i), Title: "Baker", Company: "Mill",
			URL: "https://jobs.example.com/1",
		}})
		require.NoError(t, err)
		score, status := 70+i/2%10, lead.Saved
		if i%2 == 1 {
			score, status = 40+i/2%10, lead.Dismissed
		}
		require.NoError(t, s.Decide(t.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{
			Assessment: enrich.Assessment{Score: score, By: "test/1"}, Status: lead.Matched,
			Data: &enrich.Data{Description: "Bake bread."},
		}))
		require.NoError(t, s.Mark(t.Context(), refs[0].ID, status))
	}
	return db
}

func TestLabelsAreWrittenWithoutTextsAndSupportACalibration(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(handler(t, labelled(t, 20)))
	defer server.Close()
	dir := t.TempDir()
	file, calibration := filepath.Join(dir, "labels.csv"), filepath.Join(dir, "calibration.json")
	out := output(t)
	require.NoError(t, Run(t.Context(), []string{
		"-server", server.URL, "-token", token, "-labels", file, "-calibrate", calibration,
	}, out, output(t)))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Len(t, lines, 41)
	require.Equal(t, "job_id,score,scored_by,unverified,worth,origin,probability", lines[0])
	require.Regexp(t, `^\d+,70,test/1,false,true,SAVED,1$`, lines[1])
	require.NotContains(t, string(text), "Baker")
	text, err = os.ReadFile(calibration)
	require.NoError(t, err)
	c, err := scorer.ParseCalibration(text)
	require.NoError(t, err)
	require.Less(t, c.Map(49), 30)
	require.GreaterOrEqual(t, c.Map(70), 30)
	_, err = out.Seek(0, io.SeekStart)
	require.NoError(t, err)
	text, err = io.ReadAll(out)
	require.NoError(t, err)
	require.Contains(t, string(text), "test/1: At 30 the gate loses at most 0 %")
}

func TestACalibrationOfTooFewLabelsIsNotWritten(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(handler(t, labelled(t, 3)))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "calibration.json")
	err := Run(t.Context(), []string{"-server", server.URL, "-token", token, "-calibrate", file}, output(t),
		output(t))
	require.ErrorContains(t, err, "3 good jobs and 3 others")
	require.NoFileExists(t, file)
}
