// The engine of the fuzz tests: reads calls by Go's net/http and routes them by gorilla/mux as dockerd does
// (moby api/server/server.go, api/server/router/container), and tells what it saw instead of doing anything.
//
//	engine SOCKET CONTROL [h2c] [leaks]
//
// Every call on SOCKET is answered with a header
//
//	Seen: METHOD LENGTH HASH STATE ENDS TARGET
//
// the body's length and FNV-1a, "whole" or "broken", "ends" or "spares", and the request URI. It is a
// header because an answer to HEAD has no body. A call that has none was answered by net/http itself, most often by a refusal. The answers' framings differ from one to the next.
// Of some calls the body is "unread", as by most of dockerd's handlers: net/http passes over it by itself.
// With h2c it speaks HTTP/2 too, as dockerd from 29.2 on; with leaks it has a container that can't be ended (leaks.go).
// On CONTROL a line is written to whoever connects: the number of calls so far that would have ended a container.
//
// Builds with every Go from 1.15 on, without modules.
package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"io/ioutil"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/gorilla/mux"
)

var ended int64

func main() {
	log.SetOutput(ioutil.Discard) // net/http logs what it can't read
	go control(listen(os.Args[2]))
	server := &http.Server{Handler: report(routes())}
	for _, option := range os.Args[3:] {
		switch option {
		case "h2c":
			speakHTTP2(server)
		case "leaks":
			server.Handler = leak(routes())
		}
	}
	fmt.Fprintln(os.Stderr, server.Serve(listen(os.Args[1])))
	os.Exit(1)
}

func listen(path string) net.Listener {
	listener, err := net.Listen("unix", path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return listener
}

func control(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		fmt.Fprintln(connection, atomic.LoadInt64(&ended))
		connection.Close()
	}
}

// report runs the router for what it decides only, reads the body to its end and answers.
func report(router http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash := fnv.New32a()
		// A copy, as dockerd's handlers get: net/http looks at what has become of its own body.
		call := r.WithContext(r.Context())
		body := &watched{reader: io.TeeReader(r.Body, hash)}
		call.Body = ioutil.NopCloser(body)
		verdict := &decision{header: http.Header{}}
		router.ServeHTTP(verdict, call)

		state, ends := "unread", "spares"
		if len(r.RequestURI)%4 != 3 {
			state = "whole"
			io.Copy(ioutil.Discard, body)
			if body.broken {
				state = "broken"
			}
		}
		if verdict.ends {
			ends = "ends"
			atomic.AddInt64(&ended, 1)
		}
		w.Header().Set("Seen", fmt.Sprintf("%s %d %08x %s %s %s", r.Method, body.length, hash.Sum32(), state, ends, r.RequestURI))
		answer(w, int(hash.Sum32())+len(r.RequestURI)/4)
	})
}

func answer(w http.ResponseWriter, variant int) {
	switch variant & 3 {
	case 0:
		w.WriteHeader(http.StatusNoContent)
	case 1:
		io.WriteString(w, "{}\n")
	case 2:
		io.WriteString(w, "{}\n")
		w.(http.Flusher).Flush() // chunks
		io.WriteString(w, "{}\n")
	case 3:
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"message":"no such container"}`)
	}
}

// decision takes the place of an answer while the router decides.
type decision struct {
	header http.Header
	ends   bool
}

func (d *decision) Header() http.Header         { return d.header }
func (d *decision) Write(b []byte) (int, error) { return len(b), nil }
func (d *decision) WriteHeader(int)             {}

// watched remembers what came of reading a body: after an error net/http may say that it is at its end.
type watched struct {
	reader io.Reader
	length int
	broken bool
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.reader.Read(b)
	w.length += n
	w.broken = w.broken || (err != nil && err != io.EOF)
	return n, err
}

type ending func(r *http.Request) bool

func routes() http.Handler {
	router := mux.NewRouter()
	add := func(method, path string, ends ending) {
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			vars := mux.Vars(r)
			w.(*decision).ends = takes(vars["version"]) && isName(vars["name"]) && ends(r)
		})
		router.Path("/v{version:[0-9.]+}" + path).Methods(method).Handler(handler)
		router.Path(path).Methods(method).Handler(handler)
	}
	add("POST", "/containers/{name:.*}/kill", kills)
	add("POST", "/containers/{name:.*}/restart", stops)
	add("POST", "/containers/{name:.*}/stop", stops)
	add("DELETE", "/containers/{name}/checkpoints/{checkpoint}", func(*http.Request) bool { return false })
	add("DELETE", "/containers/{name:.*}", removes)
	return router
}

// takes is VersionMiddleware's rule for an engine of 1.12 to 1.41.
func takes(version string) bool {
	return version == "" || (compare(version, "1.12") >= 0 && compare(version, "1.41") <= 0)
}

// compare is versions.compare of moby: what is no number counts as 0.
func compare(a, b string) int {
	one, other := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < len(one) || i < len(other); i++ {
		var x, y int
		if i < len(one) {
			x, _ = strconv.Atoi(one[i])
		}
		if i < len(other) {
			y, _ = strconv.Atoi(other[i])
		}
		if x != y {
			return x - y
		}
	}
	return 0
}

func isName(name string) bool { return name != "" && !strings.HasSuffix(name, "/") }

// parseForm is httputils.ParseForm.
func parseForm(r *http.Request) bool {
	err := r.ParseForm()
	return err == nil || strings.HasPrefix(err.Error(), "mime:")
}

func kills(r *http.Request) bool {
	if !parseForm(r) {
		return false
	}
	signal := r.Form.Get("signal")
	number, err := strconv.Atoi(signal)
	return signal == "" || (err == nil && number == 9) || strings.TrimPrefix(strings.ToUpper(signal), "SIG") == "KILL"
}

func stops(r *http.Request) bool {
	if !parseForm(r) {
		return false
	}
	_, err := strconv.Atoi(r.Form.Get("t"))
	return err == nil || r.Form.Get("t") == ""
}

func removes(r *http.Request) bool { return parseForm(r) && isSet(r, "force") && !isSet(r, "link") }

// isSet is httputils.BoolValue.
func isSet(r *http.Request, key string) bool {
	switch strings.ToLower(strings.TrimSpace(r.FormValue(key))) {
	case "", "0", "no", "false", "none":
		return false
	}
	return true
}
