package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

const keysUsage = usageError("pendapa keys show | export --plain | export --recipient age1... | rotate [--forget [--yes]] | " +
	"forget [--yes] | replace --accept-loss")

// cmdKeys shows the public keys, prints a recovery sheet, changes the sealing key, or replaces keys that are lost.
func cmdKeys(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("keys", stderr)
	plain := o.flags.Bool("plain", false, "print the secret keys in the open: whoever reads them has them")
	recipient := o.flags.String("recipient", "", "encrypt the secret keys to this public key (age1...)")
	forget := o.flags.Bool("forget", false, "after rotating, remove the older sealing keys")
	yes := o.flags.Bool("yes", false, "remove the older sealing keys although something kept needs them")
	o.flags.BoolVar(&o.acceptKeyLoss, "accept-loss", false, "make new keys where the old ones are gone")
	words, err := o.parse(args)
	if err != nil || len(words) != 1 || o.acceptKeyLoss != (words[0] == "replace") {
		fmt.Fprintln(stderr, keysUsage)
		return 2
	}
	return within(ctx, "keys", o, stderr, func(a *app.App) error {
		switch words[0] {
		case "show":
			return showKeys(a, stdout)
		case "export":
			if *plain == (*recipient != "") {
				return usageError("pendapa keys export --recipient age1... encrypts the secret keys to somebody else's key; " +
					"--plain prints them for a recovery sheet: print it on paper, keep it locked")
			}
			return exportKeys(a, *recipient, stdout)
		case "rotate":
			return rotateKeys(ctx, a, *forget, *yes, stdout)
		case "forget":
			return forgetKeys(ctx, a, *yes, stdout)
		case "replace":
			return replaceKeys(ctx, a, stdout)
		}
		return keysUsage
	})
}

func showKeys(a *app.App, w io.Writer) error {
	fmt.Fprintf(w, "folder   %s\n", a.Keys.Dir())
	for _, k := range []struct{ name, public string }{
		{"audit", a.Keys.Audit().Public}, {"backup", a.Keys.Backup().Public}, {"witness", a.Witness.Public()},
	} {
		fmt.Fprintf(w, "%-8s %s\n         fingerprint %s\n", k.name, k.public, keys.Fingerprint(k.public))
	}
	_, err := fmt.Fprintf(w, "sealing  key %s\n", a.Keys.Box().Newest())
	return err
}

// exportKeys prints a recovery sheet: the files of the key folder as they are, or encrypted to a recipient.
func exportKeys(a *app.App, recipient string, w io.Writer) error {
	sheet, err := keys.Sheet(a.KeyOptions(context.Background()))
	if err != nil {
		return err
	}
	if recipient != "" {
		return encrypt(sheet, recipient, w)
	}
	_, err = io.WriteString(w, sheet)
	return err
}

// encrypt writes a text as age armour, which survives mail and paper.
func encrypt(text, recipient string, w io.Writer) error {
	to, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return fmt.Errorf("the recipient is no public key of age (age1...): %w", err)
	}
	armoured := armor.NewWriter(w)
	sealed, err := age.Encrypt(armoured, to)
	if err != nil {
		return err
	}
	_, err = io.WriteString(sealed, text)
	return errors.Join(err, sealed.Close(), armoured.Close())
}

func rotateKeys(ctx context.Context, a *app.App, forget, yes bool, w io.Writer) error {
	if forget {
		if err := mayForget(ctx, a, time.Now(), "", yes, w); err != nil {
			return err
		}
	}
	if err := a.Keys.Rotate(a.KeyOptions(ctx)); err != nil {
		return err
	}
	n, err := a.Reseal(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "sealing key %s; %d secrets were sealed with it\n", a.Keys.Box().Newest(), n)
	if forget {
		return a.ForgetKeys(ctx)
	}
	_, err = fmt.Fprintln(w, "the older keys still open what waits, kept backups and the continuous copy; when none of them is older than now: pendapa keys forget")
	return err
}

// forgetKeys removes the older sealing keys without making a new one.
func forgetKeys(ctx context.Context, a *app.App, yes bool, w io.Writer) error {
	older, at, err := a.Keys.Rotated(a.KeyOptions(ctx))
	if err != nil {
		return err
	}
	if older == 0 {
		_, err := fmt.Fprintln(w, "there is one sealing key; nothing was removed")
		return err
	}
	if err := mayForget(ctx, a, at, a.Keys.Box().Newest(), yes, w); err != nil {
		return err
	}
	if err := a.ForgetKeys(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "removed: %d older sealing keys; %s is left\n", older, a.Keys.Box().Newest())
	return err
}

// mayForget names what only the keys of before a time open, and wants --yes when there is something. stays is the id of the
// key that stays, "" before it is made.
func mayForget(ctx context.Context, a *app.App, before time.Time, stays string, yes bool, w io.Writer) error {
	closes, err := a.Closes(ctx, before, stays)
	if err != nil || len(closes) == 0 {
		return err
	}
	fmt.Fprintln(w, "Only the older sealing keys open the secrets (phone codes, webhooks, mail passwords) in:")
	for _, text := range closes {
		fmt.Fprintln(w, " ", text)
	}
	if yes {
		return nil
	}
	return errors.New("nothing was changed. Keep a recovery sheet with the older keys (pendapa keys export) as long as these are kept, " +
		"then say --yes; or wait until they have ended")
}

// replaceKeys tells what the new keys cost: within opened the house with AcceptKeyLoss, so they are made already, and what
// no key opens is given up.
func replaceKeys(ctx context.Context, a *app.App, w io.Writer) error {
	if !a.Config.AcceptKeyLoss {
		return errors.New("a server runs with this key folder: stop it first, keys are replaced while it stands still")
	}
	made, lost := a.Keys.Made(), a.GivenUp()
	if len(made) == 0 && len(lost) == 0 {
		_, err := fmt.Fprintln(w, "all keys are there; nothing was replaced")
		return err
	}
	if len(made) > 0 {
		if err := a.RecordReplaced(ctx, made); err != nil {
			return err
		}
		fmt.Fprintf(w, "new: %s\n", strings.Join(made, ", "))
	}
	if slices.Contains(made, keys.AuditKey) {
		fmt.Fprintln(w, "audit.key: give the new audit.pub to inspectors and witnesses; the old key counts for what it signed before")
	}
	for _, place := range slices.Sorted(maps.Keys(lost)) {
		fmt.Fprintf(w, "given up: %d in %s: %s\n", lost[place], place, afterLoss[place])
	}
	return nil
}

// afterLoss says what people do about secrets that were given up, by table and column.
var afterLoss = map[string]string{
	"access_user.totp":           "these people enrol their phones again at the next sign-in",
	"access_session.seed":        "an enrolment that was begun is begun anew",
	"host_regency.mail_password": "enter the password of the regency's mail server again",
	"webhook_hook.secret":        "these webhooks are off: make new secrets, then switch them on",
	"webhook_hook.old_secret":    "the secrets before no longer sign",
	"idem_reply.body":            "a program that repeats a request of today is told that it was done",
	"jobs_job.args":              "these letters are not sent; send invitations and links again",
}
