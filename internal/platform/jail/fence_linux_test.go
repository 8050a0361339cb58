package jail_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/pendapa/pendapa/internal/platform/jail"
)

// escape tries what a program in the hands of a hostile file would try, and says what was allowed.
var escape = reader("test-escape", jail.Limits{}, func(_ []byte, say jail.Say) error {
	tries := map[string]func() error{
		"read a file":  func() error { _, err := os.ReadFile("/etc/passwd"); return err },
		"write a file": func() error { return os.WriteFile("/tmp/pendapa-escape", []byte("x"), 0o600) },
		"list":         func() error { _, err := os.ReadDir("/"); return err },
		"socket":       func() error { _, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0); return err },
		"unix socket":  func() error { _, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0); return err },
		"start":        func() error { return exec.Command("/bin/true").Run() },
		"exec":         func() error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
		"signal":       func() error { return unix.Kill(os.Getppid(), 0) },
		"trace":        func() error { return unix.PtraceAttach(os.Getppid()) },
		"memory file":  func() error { _, err := unix.MemfdCreate("x", 0); return err },
		"more memory":  func() error { return unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: 1 << 40, Max: 1 << 40}) },
		"mount":        func() error { return unix.Mount("none", "/mnt", "tmpfs", 0, "") },
	}
	for name, try := range tries {
		if err := try(); err == nil || !refused(err) {
			if err := say(name); err != nil {
				return err
			}
		}
	}
	return nil
})

func init() { jail.Register(escape) }

func refused(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)
}

func TestAReaderCanReachNothing(t *testing.T) {
	t.Parallel()
	allowed, err := read(t, escape, "")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(jail.Fences(), []string{"rlimit", "landlock", "seccomp"}) {
		t.Errorf("fences %v: this kernel lacks what readers are kept by", jail.Fences())
	}
	if len(allowed) > 0 {
		t.Errorf("a reader may: %s", strings.Join(allowed, ", "))
	}
}

// inherited looks whether the file of a number is open in the reader.
var inherited = reader("test-inherited", jail.Limits{}, func(data []byte, say jail.Say) error {
	n, err := strconv.Atoi(string(data))
	if err != nil {
		return err
	}
	var file unix.Stat_t
	if unix.Fstat(n, &file) == nil {
		return say("it is open")
	}
	return nil
})

func init() { jail.Register(inherited) }

// TestAReaderInheritsNoFile: whoever started the server left a file open, as a shell does with exec 9<.
func TestAReaderInheritsNoFile(t *testing.T) {
	t.Parallel()
	f, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const high = 200 // no number that the reader takes by itself
	left, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD, high)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(left)
	said, err := read(t, inherited, strconv.Itoa(left))
	if err != nil || len(said) > 0 {
		t.Errorf("a file of whoever started the server: %v %v", said, err)
	}
}
