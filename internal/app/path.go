package app

import (
	"net/url"
	"strings"
)

// pathOf gives the page on which people see an object of the audit trail; "" when there is none.
func pathOf(object, id string) string {
	before, ok := map[string]string{
		"access_user": "/pengguna/", "adoption_adoption": "/adopsi/", "agency_agency": "/opd/", "assessment_followup": "/tindak-lanjut/",
		"audit_checkpoint": "/audit/surat/", "evaluation_round": "/evaluasi/", "evidence_item": "/bukti/",
		"innovation_innovation": "/inovasi/", "pack_pack": "/instrumen/", "webhook_hook": "/kait/",
	}[object]
	if ok {
		return before + url.PathEscape(id)
	}
	if round, code, both := strings.Cut(id, "/"); both && object == "evaluation_item" {
		return "/evaluasi/" + url.PathEscape(round) + "/soal/" + url.PathEscape(code)
	}
	return ""
}
