package torture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// disk is what a house stands on, and how it fails.
type disk interface {
	// fail ends a server at once; beside ends what runs beside it on the same machine.
	fail(s *server, beside func())
}

// trial is a house in use: programs send changes with their keys, browsers without script send forms and files, commands
// run beside, and all of it is cut off again and again.
type trial struct {
	t       *testing.T
	house   house
	disk    disk
	ledger  *ledger
	people  []*person
	readers []*browser
	forgets bool     // what is sent again looks like new work: the control
	environ []string // of the server
	lived   int

	beside sync.WaitGroup // commands that may still run
}

func newTrial(t *testing.T, h house, on disk) *trial {
	return &trial{t: t, house: h, disk: on, ledger: newLedger()}
}

// settle signs everybody in and looks how the house stands before anything was cut off.
func (tr *trial) settle() {
	tr.t.Helper()
	s := tr.house.serve(tr.t)
	if err := s.answers(); err != nil {
		tr.t.Fatal(err)
	}
	r, err := look(tr.t, tr.house.data, true)
	if err != nil {
		tr.t.Fatal(err)
	}
	enter := func(account, name string, next func(*person, string) *deed) *person {
		p := &person{browser: newBrowser(), as: name, trial: tr, next: next}
		if !p.signIn(s.addr, r.Accounts[account]) {
			tr.t.Fatal("no sign-in as ", account)
		}
		return p
	}
	for _, program := range []bool{true, true, false} {
		tr.people = append(tr.people, enter("Pegawai Dishub", fmt.Sprint("usul-", len(tr.people)),
			func(p *person, base string) *deed { return p.idea(base, program) }))
	}
	for _, program := range []bool{true, false} {
		tr.people = append(tr.people, enter("Operator Dishub", fmt.Sprint("bukti-", len(tr.people)),
			func(p *person, base string) *deed { return p.proof(base, program) }))
	}
	for agency, code := range map[string]string{"Dishub": "2.15.0.00.0.00.1", "Dinkes": "1.02.0.00.0.00.1"} {
		o := &office{head: enter("Kepala "+agency, "kepala", nil)}
		for _, item := range r.Codes[code] {
			if slices.Contains([]string{"empty", "draft", "returned"}, r.Items[item].State) {
				o.codes = append(o.codes, item)
				tr.ledger.items[item] = r.Items[item]
			}
		}
		tr.people = append(tr.people, enter("Operator "+agency, "jawab-"+agency, o.next))
	}
	tr.readers = []*browser{tr.people[3].browser}
	if err := s.stop(); err != nil {
		tr.t.Fatal(err)
	}
}

// life starts the house, looks whether everything acknowledged is in it, uses it, and cuts it off.
func (tr *trial) life() {
	tr.lived++
	s := tr.house.serve(tr.t, tr.environ...)
	if luck.IntN(8) == 0 { // in the middle of a start
		time.Sleep(luck.between(0, 400*time.Millisecond))
		tr.disk.fail(s, func() {})
		return
	}
	if err := s.answers(); err != nil {
		tr.ledger.fault("start %d: %v", tr.lived, err)
		return
	}
	tr.inspect(s, false)
	var over atomic.Bool
	ctx, cancel := context.WithCancel(tr.t.Context())
	defer cancel()
	tr.command(ctx, &over)
	var all sync.WaitGroup
	for _, p := range tr.people {
		all.Go(func() { p.live(s.addr, over.Load) })
	}
	time.Sleep(luck.between(20*time.Millisecond, 800*time.Millisecond))
	over.Store(true)
	tr.disk.fail(s, func() { cancel(); tr.beside.Wait() })
	all.Wait()
}

// inspect compares the house with the ledger, and opens the files that were acknowledged since.
func (tr *trial) inspect(s *server, end bool) {
	r, err := look(tr.t, tr.house.data, end)
	if err != nil {
		tr.ledger.fault("life %d: the house cannot be read: %v", tr.lived, err)
		return
	}
	tr.ledger.compare(r, end)
	tr.ledger.mu.Lock()
	unread := tr.ledger.unread
	tr.ledger.unread = nil
	tr.ledger.mu.Unlock()
	for _, p := range r.Proofs {
		if slices.Contains(unread, p.Title) {
			tr.open(s.addr, p.ID, p.Title)
		}
	}
}

// open reads a file as its owner does.
func (tr *trial) open(base, id, title string) {
	a := tr.readers[0].get(base, "/bukti/"+id+"/berkas")
	sum := sha256.Sum256(a.body)
	want := tr.ledger.proofs[title].sum
	if a.status != http.StatusOK || hex.EncodeToString(sum[:]) != want {
		tr.ledger.fault("life %d: file of %q: %d, %d bytes, hash %x, want %s", tr.lived, title, a.status, len(a.body), sum, want)
	}
}

// command runs one of the operator's commands beside the server, in every second life.
func (tr *trial) command(ctx context.Context, over *atomic.Bool) {
	all := []string{"backup", "check", "audit verify", "audit export", "user list", "user add", "user add", "user add"}
	n := luck.IntN(2 * len(all))
	if n >= len(all) {
		return
	}
	words, wait := strings.Fields(all[n]), luck.between(0, 300*time.Millisecond)
	address := ""
	if all[n] == "user add" {
		address = fmt.Sprintf("baru-%d@contoh.example", tr.lived)
		words = append(words, "Akun Baru", address, "staff", "2.15.0.00.0.00.1")
		tr.ledger.person(address, false)
	}
	tr.beside.Go(func() {
		time.Sleep(wait)
		said, err := tr.house.command(ctx, tr.t, words...)
		for err != nil && strings.Contains(said, "the copy has not begun") && !over.Load() { // a start on a busy machine
			time.Sleep(time.Second)
			said, err = tr.house.command(ctx, tr.t, words...)
		}
		switch {
		case err == nil && address != "":
			tr.ledger.person(address, true)
		case err != nil && !over.Load():
			tr.ledger.fault("life %d: pendapa %s: %v: %.500s", tr.lived, all[n], err, tail(said))
		}
	})
}

func tail(text string) string { return text[max(0, len(text)-500):] }

// finish sends again what was never answered, and proves the house and its copy.
func (tr *trial) finish() {
	tr.t.Helper()
	tr.beside.Wait()
	s := tr.house.serve(tr.t)
	if err := s.answers(); err != nil {
		tr.ledger.fault("the last start: %v", err)
		return
	}
	for _, p := range tr.people {
		if p.pending != nil {
			p.deliver(s.addr, func() bool { return false })
		}
	}
	tr.inspect(s, true)
	for _, words := range []string{"backup", "check", "audit verify", "audit decisions"} {
		if said, err := tr.house.command(tr.t.Context(), tr.t, strings.Fields(words)...); err != nil {
			tr.ledger.fault("at the end: pendapa %s: %v: %s", words, err, tail(said))
		}
	}
	if err := s.stop(); err != nil {
		tr.ledger.fault("%v", err)
	}
	tr.restored()
}

// restored brings the continuous copy into a folder of its own and compares it with the ledger.
func (tr *trial) restored() {
	tr.t.Helper()
	from := filepath.Join(filepath.Dir(tr.house.settings), "copy")
	to := house{data: filepath.Join(tr.t.TempDir(), "data"), keys: tr.house.keys, settings: tr.house.settings}
	said, err := to.command(tr.t.Context(), tr.t, "restore", "--from", from)
	if err != nil || strings.Contains(said, "not in the copy") {
		tr.ledger.fault("the copy cannot be restored: %v: %s", err, said)
		return
	}
	r, err := look(tr.t, to.data, true)
	if err != nil {
		tr.ledger.fault("the restored copy cannot be read: %v", err)
		return
	}
	tr.ledger.compare(r, true)
}
