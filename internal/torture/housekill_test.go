package torture

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// onDisk is a house on the disk of this machine: its process is killed.
type onDisk struct{}

func (onDisk) fail(s *server, _ func()) { s.kill() }

// sampled is the folder of the sample house, made by the first trial of this run and removed with the program.
var sampled string

// sample gives the sample house, to be copied.
func sample(t *testing.T) string {
	t.Helper()
	if sampled != "" {
		return sampled
	}
	dir := filepath.Join(filepath.Dir(built(t)), "sample")
	h := houseIn(t, dir, dir)
	s := h.serve(t)
	if err := s.answers(); err != nil {
		t.Fatal(err)
	}
	// What reads PDFs is compiled once and copied with the house: no life would be long enough for it.
	for compiled := []string(nil); len(compiled) == 0; time.Sleep(50 * time.Millisecond) {
		compiled, _ = filepath.Glob(filepath.Join(h.data, "cache", "readers", "*", "*[0-9a-f]"))
		select {
		case <-s.ended:
			t.Fatal(s.said.String())
		default:
		}
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "copy")); err != nil { // each house begins its own
		t.Fatal(err)
	}
	sampled = dir
	return dir
}

func duplicate(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"data", "keys"} {
		if err := os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join(from, name))); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// mostLives is after how many a house is proven whole and another one begins: so neither the disk nor the comparison grows.
const mostLives = 50

// TestHouseKills kills a serving house again and again while programs, browsers and commands use it.
func TestHouseKills(t *testing.T) {
	kills, from := times("PENDAPA_TEST_KILLS", 5), sample(t)
	acked, killed := 0, 0
	for killed < kills && !t.Failed() {
		dir := duplicate(t, from)
		tr := newTrial(t, houseIn(t, dir, dir), onDisk{})
		tr.settle()
		killed += tr.lives(min(mostLives, kills-killed))
		acked += tr.end()
		t.Logf("%d kills, %d acknowledged changes", killed, acked)
	}
	if acked < kills {
		t.Errorf("only %d changes were acknowledged", acked)
	}
}

// TestTheTrialSeesDoubledWork is a control: people who forget that they sent something before must do it twice.
func TestTheTrialSeesDoubledWork(t *testing.T) {
	dir := duplicate(t, sample(t))
	tr := newTrial(t, houseIn(t, dir, dir), onDisk{})
	tr.forgets = true
	tr.settle()
	proposer := tr.people[0]
	tr.people = nil
	for n := range 16 { // all of them do what nothing but its mark tells apart
		tr.people = append(tr.people, &person{browser: proposer.browser, as: fmt.Sprint("usul-", n), trial: tr, next: proposer.next})
	}
	if tr.lives(40); !tr.saw("is there 2 times") {
		t.Errorf("nothing was done twice in %d kills: the trial is blind: %v", tr.lived, tr.ledger.failed())
	}
}

// TestTheTrialSeesAMissingFile is a control: a file of an acknowledged proof is taken away.
func TestTheTrialSeesAMissingFile(t *testing.T) {
	dir := duplicate(t, sample(t))
	tr := newTrial(t, houseIn(t, dir, dir), onDisk{})
	tr.settle()
	sum := ""
	for range 40 {
		tr.lives(1)
		for _, p := range tr.ledger.proofs {
			if p.acked {
				sum = p.sum
			}
		}
		if sum != "" {
			break
		}
	}
	if sum == "" {
		t.Fatal("no proof was acknowledged in 40 lives: ", tr.ledger.failed())
	}
	s := tr.house.serve(t)
	if err := s.answers(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(tr.house.data, "files", sum[:2], sum[2:])); err != nil {
		t.Fatal(err)
	}
	if tr.inspect(s, false); !tr.saw("a row names a file that is not there: " + sum) {
		t.Errorf("the trial is blind: %v", tr.ledger.failed())
	}
}

// lives lets a house live n times, or until something is wrong, and gives how often it was cut off.
func (tr *trial) lives(n int) (cut int) {
	tr.t.Helper()
	for cut < n && len(tr.ledger.failed()) == 0 {
		tr.life()
		cut++
	}
	return cut
}

// saw reports whether a fault like this was found, and writes it down.
func (tr *trial) saw(like string) bool {
	for _, fault := range tr.ledger.failed() {
		if strings.Contains(fault, like) {
			tr.t.Log("seen: ", fault)
			return true
		}
	}
	return false
}

// end closes a trial: 0 faults, or they are told. It gives how many changes were acknowledged.
func (tr *trial) end() int {
	tr.t.Helper()
	if len(tr.ledger.failed()) == 0 {
		tr.finish()
	}
	for i, fault := range tr.ledger.failed() {
		if i < 20 {
			tr.t.Error(fault)
		}
	}
	return tr.ledger.acknowledged()
}
