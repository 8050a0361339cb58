// Package mail sends letters through an outbox: a letter is a job of the transaction that caused it, so it is sent when and
// only when the change is kept. Until a server is configured letters are written to the log, without the full address.
package mail

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Kind is the job that sends one letter.
const Kind = "mail.send"

// Message is one letter in plain text.
type Message struct{ To, Subject, Body string }

// Sender brings a letter to the mail server.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// waiting is a letter in the outbox. It may hold a link that opens an account, so it waits sealed. Message is what older
// versions left open.
type waiting struct {
	Message
	Sealed string `json:",omitempty"`
}

// outbox is what a waiting letter is sealed for.
func outbox(regency int64) string { return keys.Context("jobs_job", Kind, regency) }

// Enqueue leaves a letter, sealed, in the outbox of the caller's transaction.
func Enqueue(ctx context.Context, tx *db.Tx, box *keys.Box, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	regency := tenant.From(ctx).Regency
	return jobs.Enqueue(ctx, tx, regency, Kind, struct{ Sealed string }{box.Seal(outbox(regency), data)}, time.Time{})
}

// check refuses an address or subject that would add lines to the head of a letter.
func (m Message) check() error {
	if strings.ContainsAny(m.To+m.Subject, "\r\n") {
		return errors.New("mail: a line break in address or subject")
	}
	if _, err := mail.ParseAddress(m.To); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

// Job gives the handler of the outbox.
func Job(s Sender, box *keys.Box) jobs.Func {
	return func(ctx context.Context, j jobs.Job) error {
		var w waiting
		if err := j.Decode(&w); err != nil {
			return err
		}
		if w.Sealed != "" {
			data, err := box.Open(outbox(j.Regency), w.Sealed)
			if err == nil {
				err = json.Unmarshal(data, &w.Message)
			}
			if err != nil {
				return err
			}
		}
		return s.Send(ctx, w.Message)
	}
}

// Log writes that a letter would have been sent. The text is not logged: it may hold a link that opens an account.
type Log struct{ Logger *slog.Logger }

// Send writes one line.
func (l Log) Send(ctx context.Context, m Message) error {
	l.Logger.InfoContext(ctx, "letter not sent, no mail server is configured", "to", masked(m.To), "subject", m.Subject)
	return nil
}

func masked(address string) string {
	name, host, _ := strings.Cut(address, "@")
	if len(name) > 2 {
		name = name[:2] + "…"
	}
	return name + "@" + host
}

// SMTP sends through a mail server; port 465 speaks TLS from the start, others by STARTTLS when Plain is false.
type SMTP struct {
	Host     string
	Port     int
	User     string
	Password string
	From     string
	Plain    bool // no encryption, only for a server on the same machine
}

const patience = 30 * time.Second

// Send brings one letter to the server. It ends when ctx does, also in the middle of a talk with a silent server.
func (s SMTP) Send(ctx context.Context, m Message) (err error) {
	if err := m.check(); err != nil {
		return err
	}
	address := net.JoinHostPort(s.Host, fmt.Sprint(s.Port))
	c, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return errors.Join(err, c.Close())
	}
	raw := c
	defer context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })() // a stop ends a letter that hangs
	if s.Port == 465 && !s.Plain {
		c = tls.Client(c, &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12})
	}
	client, err := smtp.NewClient(c, s.Host)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	defer func() { err = errors.Join(err, ignoreClosed(client.Close())) }()
	if s.Port != 465 && !s.Plain {
		if err := client.StartTLS(&tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}); err != nil {
			return err
		}
	}
	if s.User != "" {
		if err := client.Auth(smtp.PlainAuth("", s.User, s.Password, s.Host)); err != nil {
			return err
		}
	}
	return s.deliver(client, m)
}

func (s SMTP) deliver(client *smtp.Client, m Message) error {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return err
	}
	if err := errors.Join(client.Mail(from.Address), client.Rcpt(m.To)); err != nil {
		return err
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(s.text(m)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return client.Quit()
}

func (s SMTP) text(m Message) []byte {
	head := "From: " + s.From + "\r\nTo: " + m.To + "\r\nSubject: " + mime.QEncoding.Encode("utf-8", m.Subject) +
		"\r\nDate: " + time.Now().Format(time.RFC1123Z) + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
	return []byte(head + strings.ReplaceAll(strings.ReplaceAll(m.Body, "\r\n", "\n"), "\n", "\r\n") + "\r\n")
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
