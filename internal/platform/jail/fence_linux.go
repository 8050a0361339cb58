package jail

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// executable is the running program itself, even when its file was replaced meanwhile.
func executable() (string, error) { return "/proc/self/exe", nil }

// keepFiles has nothing that this process holds open be handed on: whoever started the server may have left it files that Go
// does not know of.
func keepFiles() error {
	err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	if err == nil || !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EINVAL) { // Linux before 5.11
		return err
	}
	open, err := os.ReadDir("/proc/self/fd")
	for _, one := range open {
		if n, err := strconv.Atoi(one.Name()); err == nil && n > 2 {
			unix.CloseOnExec(n)
		}
	}
	return err
}

// fence takes everything from this process that reading does not need. What the kernel cannot do is left out and not named;
// limits of the process always stand.
func fence(l Limits, cache string) (names []string, err error) {
	cpu := uint64(math.Ceil(l.Wall.Seconds())) * 2
	for what, most := range map[int]uint64{unix.RLIMIT_AS: uint64(l.Address), unix.RLIMIT_CPU: cpu, unix.RLIMIT_NOFILE: 32,
		unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0, unix.RLIMIT_MEMLOCK: 0, unix.RLIMIT_MSGQUEUE: 0} {
		if err := unix.Setrlimit(what, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return nil, fmt.Errorf("limit %d: %w", what, err)
		}
	}
	names = []string{"rlimit"}
	var rules []landlock.Rule
	if cache != "" {
		rules = append(rules, landlock.RODirs(cache))
	}
	if hasLandlock() {
		if err := landlock.V7.BestEffort().Restrict(rules...); err != nil {
			return nil, err
		}
		names = append(names, "landlock")
	}
	if seccomp.Supported() {
		if err := allowOnly(cache != ""); err != nil {
			return nil, err
		}
		names = append(names, "seccomp")
	}
	return names, nil
}

func hasLandlock() bool {
	version, _, _ := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	return int(version) > 0
}

// calls are the system calls a Go program needs to compute, to take memory, to wait and to talk through open pipes.
const calls = `read write readv writev pread64 close fstat newfstatat fstatat64 statx lseek fcntl
	mmap mprotect munmap mremap madvise mincore brk
	rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall
	futex sched_yield sched_getaffinity nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday
	getpid gettid getrandom arch_prctl set_tid_address set_robust_list rseq membarrier
	epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2 pipe2
	exit exit_group`

// allowOnly forbids every system call that is not named: no socket, no new program, no signal to others, no writing file.
func allowOnly(open bool) error {
	machine, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	var names []string
	for name := range strings.FieldsSeq(calls) {
		if _, ok := machine.SyscallNames[name]; ok {
			names = append(names, name)
		}
	}
	with := []seccomp.NameWithConditions{
		{Name: "clone", Conditions: only(seccomp.BitsSet, 0, unix.CLONE_THREAD)},
		{Name: "tgkill", Conditions: only(seccomp.Equal, 0, uint64(os.Getpid()))},
	}
	if open {
		const writing = unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC | unix.O_APPEND
		with = append(with, seccomp.NameWithConditions{Name: "openat", Conditions: only(seccomp.BitsNotSet, 2, writing)})
	}
	none := seccomp.ActionErrno | seccomp.Action(unix.ENOSYS) // so that threads are made by clone, which can be looked at
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: seccomp.Policy{
		DefaultAction: seccomp.ActionErrno,
		Syscalls: []seccomp.SyscallGroup{
			{Action: none, Names: []string{"clone3"}},
			{Action: seccomp.ActionAllow, Names: names, NamesWithCondtions: with},
		},
	}})
}

func only(how seccomp.Operation, argument uint32, value uint64) seccomp.ArgumentConditions {
	return seccomp.ArgumentConditions{{Argument: argument, Operation: how, Value: value}}
}

// resident gives the bytes of memory a process holds; 0 when there is no such process.
func resident(pid int) int64 {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return math.MaxInt64
	}
	return pages * int64(os.Getpagesize())
}

func killed(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGXCPU)
}
