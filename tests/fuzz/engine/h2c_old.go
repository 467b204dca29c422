//go:build !go1.24
// +build !go1.24

package main

import "net/http"

func speakHTTP2(*http.Server) { panic("this Go's net/http speaks no HTTP/2 without TLS") }
