// Package web holds what browsers get beside the pages: styles, script and icons, bundled by build.mjs into dist/ and
// embedded here. Each file has an address with its hash, so browsers may keep it for a year.
package web

import (
	"embed"
	"io/fs"
)

// dist is empty but for its placeholder until `npm ci` and `node build.mjs` ran in this folder.
//
//go:embed all:dist
var dist embed.FS

// Embedded gives the assets built into this program.
func Embedded() (*Assets, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return New(files)
}
