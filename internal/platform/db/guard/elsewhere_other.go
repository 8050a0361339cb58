//go:build !unix

package guard

// OpenElsewhere cannot be told here; the lock of the folder keeps programs that know it apart.
func OpenElsewhere(string) (pid int, open bool) { return 0, false }
