# Pendapa. `make` alone prints what can be made.
.PHONY: help web build run test check bench torture
.DEFAULT_GOAL := help

help: ## print this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

web: web/dist/app.css ## install npm packages and bundle styles, script, icons and area codes
web/dist/app.css: web/package-lock.json web/build.mjs $(wildcard web/css/* web/js/* web/icons/*)
	cd web && npm ci --no-audit --no-fund && node build.mjs

build: web ## build bin/pendapa
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/pendapa ./cmd/pendapa

run: build ## serve the sample regency on http://localhost:8080
	./bin/pendapa serve --sample --data data/contoh

test: web ## run every test, on SQLite and PostgreSQL
	./scripts/test

bench: web ## run the benchmarks; every page of every role is listed with its figures
	go test -run '^$$' -bench . -benchmem -timeout 90m ./...

torture: web ## kill the store, cut its power, fuzz every parser (needs root and /dev/fuse; about an hour)
	./scripts/torture
