// Command pendapa-verify checks an audit trail without the server: the database file, which it opens for reading only, or a
// trail that was exported with pendapa audit export. It runs from a stick, needs no other file, and writes nothing.
//
// Exit status: 0 everything fits, 1 the trail was changed, 2 it could not be checked.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/pendapa/pendapa/internal/platform/trail"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// files is a flag that may be given several times.
type files []string

func (f *files) String() string { return strings.Join(*f, ", ") }

// Set adds a file.
func (f *files) Set(path string) error { *f = append(*f, path); return nil }

func run(args []string, stdout, stderr io.Writer) int {
	var since, keys files
	flags := flag.NewFlagSet("pendapa-verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Var(&since, "since", "checkpoints from elsewhere / titik periksa dari luar (boleh berulang)")
	flags.Var(&keys, "key", "public keys that were kept elsewhere / kunci publik yang disimpan di luar (audit.pub)")
	lang := flags.String("lang", "id", "id | en")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 || *lang != "id" && *lang != "en" {
		fmt.Fprintln(stderr, "pendapa-verify [--key audit.pub] [--since CHECKPOINTS] [--lang id|en] app.db | TRAIL.jsonl")
		return 2
	}
	v := &verifier{lang: *lang, out: stdout, begun: map[string]bool{}}
	err := errors.Join(v.readKeys(keys), v.readSince(since))
	if err == nil {
		err = v.check(flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(stderr, v.say("cannot"), err)
		return 2
	}
	return v.verdict()
}

// verifier collects what one run finds.
type verifier struct {
	lang     string
	out      io.Writer
	keys     []note.Verifier
	wants    map[string][]trail.Want
	begun    map[string]bool // logs that were read
	compared int
	entries  int64
	problems []trail.Problem

	unchecked int // of what was compared, without a key for the signature
}

func (v *verifier) readKeys(paths []string) error {
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		all, err := trail.Known(string(data))
		if err == nil && len(all) == 0 {
			err = errors.New(v.say("no_public"))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		v.keys = append(v.keys, all...)
	}
	return nil
}

func (v *verifier) readSince(paths []string) error {
	v.wants = map[string][]trail.Want{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		wants, problems, err := trail.Since(string(data), path, note.VerifierList(v.keys...), len(v.keys) > 0)
		if errors.Is(err, trail.ErrNoCheckpoint) {
			err = fmt.Errorf("%s: %s", path, v.say("no_checkpoint"))
		}
		if err != nil {
			return err
		}
		v.problems, v.unchecked = append(v.problems, problems...), v.unchecked+trail.CountUnchecked(wants)
		for _, w := range wants {
			v.wants[w.Origin] = append(v.wants[w.Origin], w)
			v.compared++
		}
	}
	return nil
}

// begin starts the trail of one log with the checkpoints from outside and those that stand in it. A log begins once.
func (v *verifier) begin(origin string, notes []string) *trail.Checker {
	if v.begun[origin] {
		v.problems = append(v.problems, trail.Problem{Kind: trail.Twice, More: origin})
	}
	v.begun[origin] = true
	wants := v.wants[origin]
	delete(v.wants, origin)
	if len(v.keys) > 0 {
		own, problems := trail.Wants(notes, v.say("inside"), note.VerifierList(v.keys...))
		v.problems = append(v.problems, problems...)
		wants = append(wants, own...)
	}
	return trail.Begin(origin, wants)
}

// end closes the trail of one log; head is how many entries it says it holds.
func (v *verifier) end(origin string, c *trail.Checker, head int64) {
	size, root := c.Finish()
	if size != head {
		c.Say(trail.Problem{Kind: trail.Head, N: head, Have: size})
	}
	v.problems, v.entries = append(v.problems, c.Problems...), v.entries+size
	fmt.Fprintf(v.out, "%s: %d %s, %s %s\n", origin, size, v.say("entries"), v.say("root"), root)
}

func (v *verifier) verdict() int {
	v.problems = append(v.problems, trail.Dropped(v.wants)...)
	for _, p := range v.problems {
		fmt.Fprintln(v.out, "! "+p.Words(v.lang))
	}
	if len(v.keys) == 0 {
		fmt.Fprintln(v.out, v.say("no_key"))
	}
	if v.unchecked > 0 {
		fmt.Fprintf(v.out, v.say("unchecked")+"\n", v.unchecked)
	}
	if v.compared == 0 {
		fmt.Fprintln(v.out, v.say("no_since"))
	}
	if len(v.problems) > 0 {
		fmt.Fprintln(v.out, v.say("changed"))
		return 1
	}
	fmt.Fprintf(v.out, v.say("fits")+"\n", v.entries, v.compared)
	return 0
}

func (v *verifier) say(key string) string { return trail.Say(v.lang, "verify."+key) }
