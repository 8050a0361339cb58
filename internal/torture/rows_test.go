package torture

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// rows is what a house holds of a trial.
type rows struct {
	Ideas, People map[string]int
	Proofs        []struct{ ID, Title, Hash string }
	Items         map[string]standing
	Missing       []string          // files that rows name and that are not there, or not whole
	Accounts      map[string]string // name -> id of the sample's accounts
	Codes         map[string][]string
}

// look reads a house in a process of its own: this one may be serving the very disk, and must not wait for itself.
func look(t *testing.T, data string, whole bool) (r rows, err error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PENDAPA_TEST_ROWS="+data)
	if whole {
		cmd.Env = append(cmd.Env, "PENDAPA_TEST_WHOLE=1")
	}
	out, err := cmd.Output()
	if exit, is := errors.AsType[*exec.ExitError](err); is {
		return r, errors.Join(err, errors.New(string(out)+string(exit.Stderr)))
	}
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(out, &r)
}

// tellRows is what that process does.
func tellRows(ctx context.Context, data string) error {
	d, err := db.OpenRead(ctx, filepath.Join(data, "app.db"))
	if err != nil {
		return err
	}
	defer d.Close()
	r := rows{Ideas: map[string]int{}, People: map[string]int{}, Items: map[string]standing{}, Accounts: map[string]string{},
		Codes: map[string][]string{}}
	if os.Getenv("PENDAPA_TEST_WHOLE") != "" {
		err = d.IntegrityCheck(ctx)
	}
	err = errors.Join(err, r.words(ctx, d), r.files(ctx, d, filepath.Join(data, "files")), r.answers(ctx, d))
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

func each(ctx context.Context, d *db.DB, read func(*sql.Rows) error, query string) error {
	found, err := d.Query(ctx, query)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := read(found); err != nil {
			return err
		}
	}
	return found.Err()
}

// words reads ideas, people that commands made, and the accounts of the sample.
func (r *rows) words(ctx context.Context, d *db.DB) error {
	var what, name string
	ideas := each(ctx, d, func(x *sql.Rows) error {
		err := x.Scan(&what)
		r.Ideas[what]++
		return err
	}, `SELECT idea FROM innovation_innovation WHERE regency_id = 3509 AND idea LIKE 'Usulan %'`)
	people := each(ctx, d, func(x *sql.Rows) error {
		err := x.Scan(&what)
		r.People[what]++
		return err
	}, `SELECT email FROM access_user WHERE regency_id = 3509 AND email LIKE 'baru-%'`)
	accounts := each(ctx, d, func(x *sql.Rows) error {
		err := x.Scan(&name, &what)
		r.Accounts[name] = what
		return err
	}, `SELECT name, id FROM access_user WHERE regency_id = 3509 AND sample`)
	return errors.Join(ideas, people, accounts)
}

// files reads the proofs of the trial, and looks for the file of every proof of the house.
func (r *rows) files(ctx context.Context, d *db.DB, dir string) error {
	var title, id, hash string
	var size int64
	return each(ctx, d, func(x *sql.Rows) error {
		if err := x.Scan(&title, &id, &hash, &size); err != nil {
			return err
		}
		if len(title) > 7 && title[:7] == "Berkas " {
			r.Proofs = append(r.Proofs, struct{ ID, Title, Hash string }{id, title, hash})
		}
		info, err := os.Stat(filepath.Join(dir, hash[:2], hash[2:]))
		if err != nil || info.Size() != size {
			r.Missing = append(r.Missing, hash)
		}
		return nil
	}, `SELECT title, id, file_hash, file_size FROM evidence_item WHERE regency_id >= 0 AND file_hash <> ''`)
}

// answers reads the questions of the open round of the sample by the agency that leads them.
func (r *rows) answers(ctx context.Context, d *db.DB) error {
	var code, agency string
	var s standing
	return each(ctx, d, func(x *sql.Rows) error {
		if err := x.Scan(&code, &agency, &s.Rev, &s.Answer, &s.State); err != nil {
			return err
		}
		r.Items[code] = s
		r.Codes[agency] = append(r.Codes[agency], code)
		return nil
	}, `SELECT i.round_id || '/soal/' || i.code, a.code, i.rev, i.answer, i.state FROM evaluation_item i
		JOIN agency_agency a ON a.regency_id = i.regency_id AND a.id = i.lead
		WHERE i.regency_id = 3509 AND i.round_id = (SELECT max(id) FROM evaluation_round
			WHERE regency_id = 3509 AND id LIKE 'contoh-20%')`)
}
