package sqlite

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// A Migration is one step of the tables, for a program that applies them with a tool of its own. Both
// texts keep the version in forge's own table, so that a [DB] knows what was applied and Migrate can
// go on from there. Each is to be run in one transaction.
type Migration struct {
	Version int64
	Name    string // of the file, such as "00001_catalogue.sql"
	Up      string // SQL
	Down    string // SQL that takes Up back, with the rows that only it had room for
}

// Files returns the migrations as goose reads them, in the form that Migrate applies. Give goose the
// table name forge_db_version.
func Files() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the name is valid
	}
	return files
}

const (
	upMark   = "-- +goose Up\n"
	downMark = "-- +goose Down\n"

	// createVersions is the table that goose makes, with the row 0 by which goose knows it.
	createVersions = `CREATE TABLE IF NOT EXISTS ` + versionTable + ` (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    version_id INTEGER NOT NULL,
    is_applied INTEGER NOT NULL,
    tstamp     TIMESTAMP DEFAULT (datetime('now'))
);
INSERT INTO ` + versionTable + ` (version_id, is_applied)
SELECT 0, 1 WHERE NOT EXISTS (SELECT 1 FROM ` + versionTable + `);
`
	recordVersion = `
INSERT INTO ` + versionTable + ` (version_id, is_applied) VALUES (%d, 1);
`
	forgetVersion = `
DELETE FROM ` + versionTable + ` WHERE version_id = %d;
`
)

// Migrations returns the migrations in their order, for tools other than goose.
func Migrations() ([]Migration, error) {
	names, err := fs.Glob(Files(), "*.sql")
	if err != nil {
		return nil, err
	}
	var all []Migration
	for _, name := range names {
		text, err := fs.ReadFile(Files(), name)
		if err != nil {
			return nil, err
		}
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		up, down, _ := strings.Cut(string(text), downMark)
		all = append(all, Migration{
			Version: version, Name: name,
			Up:   createVersions + strings.TrimPrefix(up, upMark) + fmt.Sprintf(recordVersion, version),
			Down: down + fmt.Sprintf(forgetVersion, version),
		})
	}
	return all, nil
}
