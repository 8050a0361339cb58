// Package torture holds no program, only the tests that kill the store and cut its power: what was acknowledged must be
// there afterwards, whole. A short run is part of `make test`; `make torture` runs the long one and keeps its figures in
// docs/durability.md.
package torture
