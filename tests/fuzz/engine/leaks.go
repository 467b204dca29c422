package main

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

const webID = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// leak is an engine with one container, web, that can't be ended: calls that would are counted and never answered,
// whether their client leaves or not, as up to 20.10.9. Of all else it knows as much as the proxy asks.
func leak(router http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verdict := &decision{header: http.Header{}}
		router.ServeHTTP(verdict, r)
		if verdict.ends {
			atomic.AddInt64(&ended, 1)
			select {}
		}
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/containers/json"):
			io.WriteString(w, `[{"Id":"`+webID+`","Names":["/web"],"State":"running","Labels":{}}]`)
		case strings.HasSuffix(r.URL.Path, "/events"):
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case strings.HasSuffix(r.URL.Path, "/json"):
			io.WriteString(w, `{"Id":"`+webID+`","State":{"Running":true,"Pid":1},"Config":{}}`)
		default:
			io.WriteString(w, "{}")
		}
	})
}
