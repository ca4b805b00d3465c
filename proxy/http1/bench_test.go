package http1

import "testing"

// The head of a request as load generators send it, and of an answer as servers do.
func BenchmarkParse(b *testing.B) {
	request := []byte("GET / HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n" +
		"Cookie: JSESSIONID=0000A2MB4IJozU_VM8IffsMNfdR:clone3\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept: */*\r\n\r\n")
	answer := []byte("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 30 Nov 2026 07:30:00 GMT\r\n" +
		"Content-Type: text/plain\r\nContent-Length: 1024\r\nConnection: keep-alive\r\nX-Member: m1\r\n\r\n")
	var rq Request
	var rs Response
	b.ReportAllocs()
	for b.Loop() {
		rq.Reset()
		rs.Reset()
		if ok, err := rq.Parse(request, Limits{}); !ok || err != nil {
			b.Fatal(err)
		}
		if ok, err := rs.Parse(answer, Limits{}); !ok || err != nil {
			b.Fatal(err)
		}
	}
}
