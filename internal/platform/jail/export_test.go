package jail

// Filling counts the readers of a kind that are being started to wait.
func Filling(name string) int {
	pool.Lock()
	defer pool.Unlock()
	return pool.filling[name]
}
