package mail_test

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/mail"
)

// server takes one letter on loopback and gives what it was told.
func server(t *testing.T) (port int, said <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	out := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		var all strings.Builder
		say := func(s string) { _, _ = c.Write([]byte(s + "\r\n")) }
		say("220 test")
		data := false
		for in := bufio.NewScanner(c); in.Scan(); {
			line := in.Text()
			all.WriteString(line + "\n")
			switch {
			case data && line == ".":
				data = false
				say("250 ok")
			case data:
			case line == "DATA":
				data = true
				say("354 go")
			case line == "QUIT":
				say("221 bye")
				out <- all.String()
				return
			default:
				say("250 ok")
			}
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, out
}

func TestSMTP(t *testing.T) {
	t.Parallel()
	port, said := server(t)
	s := mail.SMTP{Host: "127.0.0.1", Port: port, From: "Pendapa <pendapa@jember.example>", Plain: true}
	if err := s.Send(context.Background(), mail.Message{To: "op@jember.example", Subject: "Pengingat é", Body: "Baris satu\nBaris dua"}); err != nil {
		t.Fatal(err)
	}
	got := <-said
	for _, want := range []string{"MAIL FROM:<pendapa@jember.example>", "RCPT TO:<op@jember.example>", "Subject: =?utf-8?q?", "Baris dua"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in:\n%s", want, got)
		}
	}
}

func TestHeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	for _, m := range []mail.Message{{To: "a@b.c\r\nBcc: x@y.z", Subject: "x"}, {To: "a@b.c", Subject: "x\nBcc: x@y.z"}, {To: "kosong", Subject: "x"}} {
		if err := (mail.SMTP{}).Send(context.Background(), m); err == nil {
			t.Errorf("%q was sent", m)
		}
	}
}

func TestTheLogHidesAddressAndText(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := (mail.Log{Logger: slog.New(slog.NewTextHandler(&b, nil))}).Send(context.Background(), mail.Message{To: "operator@jember.example", Subject: "Tautan", Body: "rahasia"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "operator@") || strings.Contains(b.String(), "rahasia") || !strings.Contains(b.String(), "Tautan") {
		t.Errorf("got %s", b.String())
	}
}

func TestALetterToASilentServerEndsWithItsContext(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		c, err := l.Accept()
		if err == nil {
			defer c.Close()
			stop()
			_, _ = c.Read(make([]byte, 1))
		}
	}()
	s := mail.SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "Pendapa <pendapa@jember.example>", Plain: true}
	start := time.Now()
	if err := s.Send(ctx, mail.Message{To: "op@jember.example", Subject: "x"}); err == nil || time.Since(start) > 20*time.Second {
		t.Errorf("ended after %v with %v", time.Since(start), err)
	}
}
