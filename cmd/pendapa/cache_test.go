package main

import "github.com/pendapa/pendapa/internal/platform/jail"

func init() { jail.ShareCache() }
