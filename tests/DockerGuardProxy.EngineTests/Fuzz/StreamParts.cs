namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>
/// What streams are made of. Of each list the first part is what clients send; the others are spellings that readers have disagreed on, here
/// or elsewhere. Chars stand for bytes (Latin-1).
/// </summary>
internal static class StreamParts
{
    public static readonly string[] Methods = ["GET", "POST", "DELETE", "HEAD", "PUT", "OPTIONS", "PATCH"];

    public static readonly string[] OddMethods = ["post", "Post", "CONNECT", "PRI", "P", "M-SEARCH", "POST\t", "PO(ST", ""];

    public static readonly string[] Targets =
    [
        "/_ping", "/v1.41/containers/json?all=1", "/containers/x/kill?signal=9", "/v1.41/containers/x/stop?t=10", "/containers/x/stop",
        "/v1.24/containers/x/restart", "/containers/x?force=1", "/v1.41/containers/x/kill?signal=TERM", "/containers/x/kill",
        "/v1.41/exec/x/start", "/containers/x/attach?stream=1", "/v1.41/images/create?fromImage=y", "/build", "/containers/x/wait",
    ];

    public static readonly string[] OddTargets =
    [
        "*", "http://x/containers/x/kill", "//containers/x/kill", "/containers/x/../x/kill", "/%63ontainers/x/kill", "/containers/x/kill#x", "/%zz",
        "/containers/%2e/kill", "/containers/a/b/kill", "/v1.41/v1.41/containers/x/kill", "/v9.99/containers/x/stop", "/containers/x/stop?t=a",
        "/containers/x/kill?signal=%4BILL", "/containers/x/kill?signal=;a", "/\u00e9", "/a b", "/\t", "/containers/x/stop/", "", "/\u007f",
        "x:80", "/?",
    ];

    public static readonly string[] Versions = [" HTTP/1.1"];

    public static readonly string[] OddVersions =
        [" HTTP/1.0", " HTTP/1.2", " HTTP/2.0", " HTTP/0.9", "  HTTP/1.1", " HTTP/1.1 ", " http/1.1", "\tHTTP/1.1", "", " HTTP/1.10"];

    public static readonly string[] OddLineEnds = ["\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", " \r\n", "\r\n ", "\0\r\n", "\v\r\n", "\u0085\r\n", ""];

    public static readonly string[] Hosts = ["Host: docker", "Host: api.moby.localhost", "host:", "HOST: localhost:2375"];

    public static readonly string[] OddHosts =
        ["Host: a\r\nHost: b", "Host: /var/run/docker.sock", "Host : x", "Host: a b", "X: no host", "Host: \u00e9", "Host: a\r\n b",
            "Host: %2Fvar%2Frun", "Host: a,b"];

    public static readonly string[] Fields =
    [
        "User-Agent: Docker-Client/26.1.5 (linux)", "Accept: */*", "Content-Type: application/json", "Connection: keep-alive",
        "Content-Type: application/x-www-form-urlencoded", "Accept-Encoding: gzip", "X-Registry-Auth: e30=", "X-Empty:",
        "Connection: Upgrade\r\nUpgrade: tcp",
        "Expect: 100-continue", "Connection: close", "TE: trailers", "Upgrade: h2c", "X-Meta: \u00e9\tx",
    ];

    public static readonly string[] OddFields =
    [
        "Connection: keep-alive close", "Connection: close, x", "Connection: close\r\nConnection: keep-alive", "Connection: content-length",
        "Connection:", "Connection: \"close\"", "Connection: cl\u00f6se", "Expect: 100-continue, x", "Expect: x", "Expect:",
        "Upgrade: tcp\r\nUpgrade: h2c",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "Trailer: X", "Trailer: Content-Length",
        " folded: x", "X: y\r\n z", "X : y", "X\t: y", ": y", "X", "X: \u0001", "X\u00e9: y", "X: a\rb", "X: \u007f",
        "Content-Type: a\r\nContent-Type: b",
        "Keep-Alive: timeout=5", "Proxy-Connection: close", "X-HTTP-Method-Override: DELETE", "Content_Length: 3", "Transfer_Encoding: chunked",
    ];

    /// <summary>Framings that stand beside a good one, or instead of it.</summary>
    public static readonly string[] OddFramings =
    [
        "Content-Length: 3", "Content-Length: 0", "Content-Length: 3\r\nContent-Length: 3", "Content-Length: 3, 3", "Content-Length: +3",
        "Content-Length: -1",
        "Content-Length: 0x3", "Content-Length: 3 ", "Content-Length:\t3", "Content-Length: 03", "Content-Length:", "Content-Length: 3;",
        "Content-Length : 3",
        "Content-Length: 9223372036854775807", "Content-Length: 18446744073709551619", "Content-Length: 0000000000000000000003",
        "Content-Length: 3\r\n 3",
        "Transfer-Encoding: chunked", "Transfer-Encoding: Chunked\t", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding:\u000bchunked", "Transfer-Encoding: chunked\u00a0",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\r\n chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: xchunked",
        "Transfer-Encoding:",
    ];

    /// <summary>Bodies; a call hides in some of them.</summary>
    public static readonly string[] Bodies =
    [
        "{}", "signal=KILL", "signal=TERM&t=5", "POST /containers/x/kill HTTP/1.1\r\nHost: x\r\n\r\n",
        "0\r\n\r\nPOST /containers/x/stop HTTP/1.1\r\nHost: x\r\n\r\n",
        "", "\r\n", "\n", "GET / HTTP/1.1\r\n\r\n", "force=1",
    ];

    public static readonly string[] OddSizes =
        ["{0} ", "{0}\t", "{0};x=y", "{0};x=\"a;b\"", "{0} ;x", "0{0}", "000000000000000{0}", "0000000000000000{0}", "0x{0}", "+{0}", "-{0}",
            " {0}", "{0},1", "{0}\r", "{0}g", "{0};\u00e9\0"];

    public static readonly string[] Trailers = ["X: y\r\n", "X: y\r\nZ:\r\n"];

    public static readonly string[] OddTrailers =
        ["X: y\n", "\n", "X\r\n", "X : y\r\n", " X: y\r\n", "X: y\r\n z\r\n", ": y\r\n", "Content-Length: 9\r\n", "X: \u0001\r\n", "X: a\rb\r\n",
            "\r", "X: y\r\n\n", "\u00e9: y\r\n"];

    public static readonly string[] Bytes = ["\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ";", ",", "\0", "0", "1", "a", "\u00e9", "\u007f",
        "0\r\n\r\n", "/", "%"];
}
