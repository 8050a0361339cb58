package innovation

import "github.com/pendapa/pendapa/internal/platform/web"

func (s *Service) tableRoutes(mux *web.Mux) {
	mux.Handle("GET /inovasi/muda", Read, s.youthPage)
	mux.Handle("GET /inovasi/muda.csv", Read, s.youthCSV)
	mux.Handle("GET /inovasi/daftar.xlsx", Read, s.exportXLSX)
	mux.Handle("GET /inovasi/daftar.csv", Read, s.exportCSV)
	mux.Handle("GET /inovasi/impor", Write, s.importPage)
	mux.Handle("GET /inovasi/impor/contoh.xlsx", Write, s.importForm)
	mux.Handle("POST /inovasi/impor", Write, s.readImport)
	mux.Handle("POST /inovasi/impor/periksa", Write, s.checkImport)
	mux.Handle("POST /inovasi/impor/simpan", Write, s.saveImport)
}
