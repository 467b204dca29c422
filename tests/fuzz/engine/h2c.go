//go:build go1.24
// +build go1.24

package main

import "net/http"

// speakHTTP2 has the server take prior-knowledge HTTP/2 beside HTTP/1.1 on its socket.
func speakHTTP2(server *http.Server) {
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
}
