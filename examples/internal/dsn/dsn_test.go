package dsn_test

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/dsn"
)

// read parses the flags and reads the DSN.
func read(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var o dsn.Options
	f := flag.NewFlagSet("try", flag.ContinueOnError)
	o.Flags(f, "store everything there")
	require.NoError(t, commandline.Parse(f, "", args, io.Discard))
	return o.Read()
}

func TestReadTakesTheFlagOrTheFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"postgres://ada@db.example/forge?sslmode=verify-full",
		"postgresql://ada:p%40ss%2Fword@db.example:5432/forge?sslmode=disable&search_path=jobs",
		"postgres://ada:p:w@db.example/my%20forge?sslmode=disable",
		"postgres:///forge?host=/var/run/postgresql&sslmode=disable",
		"host=db.example user=ada dbname=forge sslmode=disable",
		"host=a,b user=ada password='it is' dbname=forge sslmode=require target_session_attrs=read-write",
		`host = db.example  user=ada password='my \'long\' word' dbname=forge sslmode=disable ` +
			`search_path=jobs`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(t, "-postgres", name)
			require.NoError(t, err)
			require.Equal(t, name, got)
			file := filepath.Join(t.TempDir(), "dsn.txt")
			require.NoError(t, os.WriteFile(file, []byte(" "+name+"\n"), 0o600))
			got, err = read(t, "-postgres-file", file)
			require.NoError(t, err)
			require.Equal(t, name, got)
		})
	}
}

// The password is hunter2, or begins so; no error shows a part of it.
func TestMistypedDSNsAreRefusedWithoutAWordOfThem(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"postgres://ada:hun%zzter2@db/forge",
		"postgres://ada:hun/ter2@db/forge",
		"postgres://ada:12/hunter2@db/forge?sslmode=disable",
		"postgres://ada:12?hunter2@db/forge?sslmode=disable",
		"postgres://ada:12#hunter2@db/forge?sslmode=disable",
		"postgres://ada:hun#ter2@db/forge",
		"postgres://ada:hun[ter2@db/forge",
		"postgres://ada:hunter2@db:hunter2/forge",
		"postgres://ada:hunter2@db:99999999/forge",
		"postgres://ada:hunter2@db/forge?sslmode=hunter2",
		"postgres://ada:hunter2@db/forge?connect_timeout=hunter2&sslmode=disable",
		"postgres://ada:hun ter2@db/forge",
		"postgers://ada:hunter2@db/forge",
		"mysql://ada:hunter2@db/forge",
		"postgres:/ada:hunter2@db/forge",
		"postgres//ada:hunter2@db/forge",
		"ada:hunter2@db/forge",
		"://ada:hunter2@db/forge",
		"hunter2",
		"host=db password=hunter2 extra dbname=forge",
		"host=db password=my hunter2 dbname=forge",
		"host=db password:hunter2 dbname=forge",
		"host=db password='hunter2 dbname=forge",
		"host=db password=hun'ter2 dbname=forge",
		"host=db password='hun'ter2' dbname=forge",
		"host=db port=hunter2 dbname=forge",
		"host=db port=5432hunter2 dbname=forge",
		"host=db sslmode=hunter2 dbname=forge",
		"host=db connect_timeout=hunter2 dbname=forge sslmode=disable",
		"host=db target_session_attrs=hunter2 dbname=forge sslmode=disable",
		"=hunter2",
		"host=db password==hunter2 =hunter2",
		"\"host=db password=hunter2\"",
		"-postgres=host=db password=hunter2",
		"DSN=postgres://ada:hunter2@db/for ge",
		"export PGPASSWORD=hunter2",
		"psql -h db -U ada hunter2",
		"jdbc:postgresql://db/forge?user=ada&pass word=hunter2",
		"host=db\x00 password=hunter2",
		"host=db sslrootcert=/hunter2 sslmode=verify-full dbname=forge",
		"host=db service=hunter2 dbname=forge sslmode=disable",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "dsn.txt")
			require.NoError(t, os.WriteFile(file, []byte(name), 0o600))
			for _, args := range [][]string{{"-postgres", name}, {"-postgres-file", file}} {
				_, err := read(t, args...)
				require.ErrorAs(t, err, new(*commandline.UsageError))
				require.ErrorContains(t, err, args[0])
				for _, part := range []string{"hunter2", "ter2", "hun/", "hun%", "hun#"} {
					require.NotContains(t, err.Error(), part)
				}
				for e := err; e != nil; e = errors.Unwrap(e) {
					require.NotContains(t, e.Error(), "ter2")
				}
			}
		})
	}
}

func TestReadNamesTheFlagThatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"none", "-postgres: missing", nil},
		{"both", "-postgres-file: cannot be used", []string{"-postgres", "x", "-postgres-file", "y"}},
		{"no file", "-postgres-file: ", []string{"-postgres-file", "/nowhere/at/all"}},
		{"an empty file", "-postgres-file: ", []string{"-postgres-file", os.DevNull}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, c.args...)
			require.ErrorContains(t, err, c.want)
		})
	}
}
