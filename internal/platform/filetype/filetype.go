// Package filetype says what a file is by its content, never by its name alone, and refuses what could run on the machine
// or in the browser of somebody who opens it.
package filetype

import (
	"bytes"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
)

// Groups decide how a file is shown.
const (
	PDF      = "pdf"
	Image    = "image"
	Sheet    = "sheet"
	Document = "document"
	Video    = "video"
	Audio    = "audio"
	Text     = "text"
	Archive  = "archive"
)

// Type is what a file is. Ext carries the dot.
type Type struct{ MIME, Ext, Group string }

// HeadSize is how many first bytes Detect wants.
const HeadSize = 4096

// Detect says what a file is by its first bytes; the name only decides between text formats and between office formats.
func Detect(name string, head []byte) (Type, error) {
	ext := strings.ToLower(filepath.Ext(strings.TrimSpace(name)))
	if len(head) == 0 {
		return Type{}, refuse("web.error.file_empty", name)
	}
	if runs(head, ext) {
		return Type{}, refuse("web.error.file_active", name)
	}
	sniffed, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if t, ok := fixed()[sniffed]; ok {
		return t, nil
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return packed(ext), nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return oldOffice(ext), nil
	case isHEIC(head):
		return Type{"image/heic", ".heic", Archive}, nil // no browser of ours shows it: download only
	case bytes.HasPrefix(head, []byte("{\\rtf")):
		return Type{"application/rtf", ".rtf", Document}, nil
	case sniffed == "text/html", sniffed == "text/xml", looksActive(head):
		return Type{}, refuse("web.error.file_active", name)
	case !binary(head): // also "BMKG ..." and a text with "LP" at its 35th letter, which weak marks take for a picture and a font
		return textual(ext), nil
	}
	return Type{}, refuse("web.error.file_kind", name)
}

func refuse(key, name string) error {
	return errs.E(errs.Invalid, key, nil, "Name", filepath.Base(name))
}

func fixed() map[string]Type {
	return map[string]Type{
		"application/pdf": {"application/pdf", ".pdf", PDF},
		"image/jpeg":      {"image/jpeg", ".jpg", Image},
		"image/png":       {"image/png", ".png", Image},
		"image/webp":      {"image/webp", ".webp", Image},
		"image/gif":       {"image/gif", ".gif", Image},
		"video/mp4":       {"video/mp4", ".mp4", Video},
		"video/webm":      {"video/webm", ".webm", Video},
		"audio/mpeg":      {"audio/mpeg", ".mp3", Audio},
		"audio/wave":      {"audio/wav", ".wav", Audio},
	}
}

// binary reports letters that no text holds (WHATWG MIME Sniffing, 3: binary data byte).
func binary(head []byte) bool {
	return bytes.ContainsFunc(head, func(r rune) bool {
		return r <= 0x08 || r == 0x0b || r >= 0x0e && r <= 0x1a || r >= 0x1c && r <= 0x1f
	})
}

// runs reports programs and scripts of the operating systems, by their first bytes or their name.
func runs(head []byte, ext string) bool {
	for _, magic := range []string{"MZ", "\x7fELF", "#!", "\xca\xfe\xba\xbe", "\xcf\xfa\xed\xfe", "L\x00\x00\x00\x01\x14\x02\x00"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return slices.Contains([]string{".exe", ".dll", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jar", ".apk", ".sh", ".lnk", ".scr", ".msi", ".html", ".htm", ".xhtml", ".svg",
		".xml", ".xlsm", ".docm", ".pptm", ".hta", ".mht", ".mhtml", ".swf"}, ext)
}

func looksActive(head []byte) bool {
	text := bytes.ToLower(head)
	for _, tag := range []string{"<script", "<svg", "<html", "<!doctype html", "<?xml", "<?php", "<iframe"} {
		if bytes.Contains(text, []byte(tag)) {
			return true
		}
	}
	return false
}

func packed(ext string) Type {
	switch ext {
	case ".xlsx":
		return Type{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ext, Sheet}
	case ".ods":
		return Type{"application/vnd.oasis.opendocument.spreadsheet", ext, Sheet}
	case ".docx":
		return Type{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ext, Document}
	case ".pptx":
		return Type{"application/vnd.openxmlformats-officedocument.presentationml.presentation", ext, Document}
	case ".odt":
		return Type{"application/vnd.oasis.opendocument.text", ext, Document}
	}
	return Type{"application/zip", ".zip", Archive}
}

func oldOffice(ext string) Type {
	switch ext {
	case ".xls":
		return Type{"application/vnd.ms-excel", ext, Sheet}
	case ".ppt":
		return Type{"application/vnd.ms-powerpoint", ext, Document}
	}
	return Type{"application/msword", ".doc", Document}
}

func isHEIC(head []byte) bool {
	return len(head) > 12 && string(head[4:8]) == "ftyp" && slices.Contains([]string{"heic", "heix", "mif1", "msf1"}, string(head[8:12]))
}

func textual(ext string) Type {
	switch ext {
	case ".csv", ".tsv":
		return Type{"text/csv", ext, Sheet}
	case ".json", ".geojson":
		return Type{"application/json", ext, Text}
	}
	return Type{"text/plain", ".txt", Text}
}

// CleanName makes a file name that is safe on every disk: no folders, no control letters, at most 120 letters.
func CleanName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.Map(func(r rune) rune {
		if r < 32 || r == 127 || strings.ContainsRune(`<>:"|?*`, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	name = strings.Trim(name, ". ")
	if runes := []rune(name); len(runes) > 120 {
		ext := filepath.Ext(name)
		if len(ext) > 10 {
			ext = ""
		}
		name = string(runes[:110]) + ext
	}
	if name == "" {
		return "berkas"
	}
	return name
}
