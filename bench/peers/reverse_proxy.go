// The heart of socket proxies written in Go: net/http's own reverse proxy, an allow-list of paths, one engine.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
)

func main() {
	listen, engine := os.Args[1], os.Args[2]
	target, _ := url.Parse("http://localhost")
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = &http.Transport{
		DialContext: func(_ context.Context, _, _ string) (net.Conn, error) { return net.Dial("unix", engine) },
	}
	allowed := regexp.MustCompile(`^(/v[\d\.]+)?/(containers|exec|images|info|events|_ping|version)`)
	listener, err := net.Listen("unix", listen)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed.MatchString(r.URL.Path) {
			http.Error(w, "Forbidden", http.StatusForbidden)
			return
		}
		proxy.ServeHTTP(w, r)
	})))
}
