// Package plain tells whether the trail in an SQLite file is stored in plain tables, so that whoever reads it reads
// what is kept. A view, a trigger or a computed column would show one thing to a check and keep another.
package plain

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/trail"
)

// Query reads rows in the store.
type Query func(ctx context.Context, query string, args ...any) (*sql.Rows, error)

// Tables are those of a trail.
func Tables() []string {
	return []string{"audit_head", "audit_entry", "audit_hash", "audit_checkpoint"}
}

// odd looks at what SQLite itself takes the names for and at what stands in the schema: both can be made to differ.
const odd = `SELECT type || ' ' || name FROM pragma_table_list
	WHERE name LIKE 'audit\_%' ESCAPE '\' AND (type <> 'table' OR schema <> 'main')
UNION SELECT type || ' ' || name FROM sqlite_schema
	WHERE (name LIKE 'audit\_%' ESCAPE '\' OR tbl_name LIKE 'audit\_%' ESCAPE '\')
	AND (type NOT IN ('table', 'index') OR type = 'table' AND sql NOT LIKE 'CREATE TABLE%')
UNION SELECT 'column ' || l.name || '.' || x.name FROM pragma_table_list l, pragma_table_xinfo(l.name) x
	WHERE l.name LIKE 'audit\_%' ESCAPE '\' AND x.hidden <> 0`

const unlike = `SELECT integrity_check FROM pragma_integrity_check WHERE arg = $1 AND integrity_check <> 'ok'`

// Odd gives a problem for every object of the trail that is no plain table or index. It reads the schema only.
func Odd(ctx context.Context, query Query) ([]trail.Problem, error) { return problems(ctx, query, odd) }

// Unlike gives a problem for each place where an index holds other values than its table. It reads all of the trail.
func Unlike(ctx context.Context, query Query) (all []trail.Problem, err error) {
	for _, table := range Tables() {
		some, err := problems(ctx, query, unlike, table)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func problems(ctx context.Context, query Query, text string, args ...any) (all []trail.Problem, err error) {
	rows, err := query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		p := trail.Problem{Kind: trail.Disguised}
		if err := rows.Scan(&p.More); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// kinds are the kinds of value that columns hold, by the type they were made with.
var kinds = map[string]string{"TEXT": "text", "BIGINT": "integer", "BOOLEAN": "integer"}

// Values gives a problem for each column of the tables that holds a value of another kind than it was made for. SQLite keeps
// such a value and shows it alike, and no condition finds it. What has the name of a table and is none is a problem too.
func Values(ctx context.Context, query Query, tables ...string) (all []trail.Problem, err error) {
	for _, table := range tables {
		some, err := valuesOf(ctx, query, table)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// TrailValues is Values of the tables of the trail.
func TrailValues(ctx context.Context, query Query) ([]trail.Problem, error) {
	return Values(ctx, query, Tables()...)
}

func valuesOf(ctx context.Context, query Query, table string) ([]trail.Problem, error) {
	// What comes back are the columns, each as "name TYPE", when the name is that of a table.
	columns, err := problems(ctx, query, `SELECT x.name || ' ' || upper(x.type) FROM pragma_table_list l, pragma_table_xinfo(l.name) x
		WHERE l.name = $1 AND l.type = 'table' AND l.schema = 'main' ORDER BY x.cid`, table)
	if err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		return []trail.Problem{{Kind: trail.Disguised, More: "name " + table}}, nil
	}
	var wrong strings.Builder
	for _, c := range columns {
		at := strings.LastIndex(c.More, " ")
		name, kind := c.More[:at], kinds[c.More[at+1:]]
		if table == "audit_hash" && name == "hash" {
			kind = "blob"
		}
		fmt.Fprintf(&wrong, " WHEN typeof(%s) <> '%s' THEN %s", quoted(name, `"`), kind, quoted(table+"."+name, "'"))
	}
	return problems(ctx, query, `SELECT 'value ' || place || ' (' || count(*) || ')' FROM (SELECT CASE`+wrong.String()+` ELSE '' END AS place
		FROM `+table+` NOT INDEXED) t WHERE place <> '' GROUP BY place ORDER BY place`)
}

// quoted writes a name so that it stays one in a query, whatever letters it has.
func quoted(name, mark string) string { return mark + strings.ReplaceAll(name, mark, mark+mark) + mark }
