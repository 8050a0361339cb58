// Package tasks is the shape of something a person owes, so that every room can put its work on one home page.
package tasks

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
)

// Task is one piece of work waiting for the actor.
type Task struct {
	Kind    string   // text key of the kind, e.g. "evaluation.task.answer"
	Title   string   // what it is about, e.g. the question
	Detail  errs.Msg // one more sentence: who asked, why returned
	Path    string   // where to do it
	Do      errs.Msg // the verb on the button
	Agency  string   // id of the agency it belongs to
	Due     int64    // milliseconds, 0 when none
	Urgency int      // 2 returned or blocking others, 1 normal, 0 can wait
}

// Source lists what waits for the actor in the context.
type Source func(ctx context.Context) ([]Task, error)
