package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"time"
)

const idleLimit = 30 * time.Millisecond

// recordingMember is the program of a member: it records the id of each request before it answers with it. See
// TestMain.
func recordingMember() {
	record, err := os.OpenFile(os.Args[3], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, rq *http.Request) {
		io.WriteString(record, rq.URL.Path[1:]+"\n")
		body, _ := io.ReadAll(rq.Body)
		fmt.Fprintf(w, "%s %d", rq.URL.Path[1:], len(body))
	}))
	server.Config.IdleTimeout = idleLimit
	server.Listener.Close()
	if server.Listener, err = net.Listen("tcp", os.Args[2]); err != nil {
		panic(err)
	}
	if os.Args[1] == "https" {
		server.StartTLS()
	} else {
		server.Start()
	}
	fmt.Println("listening")
	select {}
}
