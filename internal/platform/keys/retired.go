package keys

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// published gives the text of audit.pub: the key in use, then the keys that were replaced, each with what it is still
// trusted for. A key that stood there in use and is not any more is marked with a question mark until Retire says more.
func published(public, have string) string {
	text := public + "\n"
	for line := range strings.Lines(have) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] == public:
		case len(fields) == 1:
			text += fields[0] + " ?\n"
		default:
			text += strings.Join(fields, " ") + "\n"
		}
	}
	return text
}

// Trusted is the text of audit.pub: the key in use and, a line each, the ones that were replaced.
func (r *Ring) Trusted() (string, error) {
	data, err := os.ReadFile(r.pub())
	return string(data), err
}

func (r *Ring) pub() string { return filepath.Join(r.dir, strings.TrimSuffix(AuditKey, ".key")+".pub") }

// Retire writes what replaced keys are still trusted for: a line for each, as they are to stand below the key in use.
func (r *Ring) Retire(lines []string) error {
	return durable.WriteFile(r.pub(), []byte(r.audit.Public+"\n"+strings.Join(append(lines, ""), "\n")))
}
