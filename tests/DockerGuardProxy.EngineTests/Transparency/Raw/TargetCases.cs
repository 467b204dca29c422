namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>Request targets and Host values as no well-behaved client writes them.</summary>
internal static class TargetCases
{
    private static readonly string[] Targets =
    [
        "//_ping", "/./_ping", "/x/../_ping", "/../_ping", "/_ping/", "/_ping//", "/%5Fping", "/_ping?", "/_ping?a=b;c=d&&e", "/_ping#frag",
        "/v1.24/_ping", "/v1.40/version", "/v9.99/version", "/v0.1/version", "/vx/version", "/v1.40.1.1/version", "/v1.40//version",
        "/containers//json", "/containers/json/", "/containers%2Fjson", "/containers/%2e%2e/json", "/containers/a%2Fb/json",
        "/containers/a/b/json", "/containers/%00/json", "/containers/%zz/json", "/containers/%/json", "/containers/a%20b/json",
        "/containers/a+b/json", "/containers/caf\xe9/json", "/containers/caf%C3%A9/json", "/containers/%E9/json",
        "/containers/a%3Fb/json", "/containers/a;b/json", "/containers/a|b\"<>^`{}/json", "/containers/a\\b/json",
        "/containers/json?all=%zz", "/containers/json?all=1&all=0", "/containers/json?filters={\"name\":[\"x\"]}",
        "/containers/json?filters=%7B%22name%22%3A%5B%22x%22%5D%7D", "/images/a/b:c/json", "/images/a%2Fb:c/json", "/images/json?x=%2F%2f",
        "http://docker/_ping", "http://other:99/_ping?x=1", "http://docker", "https://docker/_ping", "http://%2Fvar%2Frun%2Fdocker.sock/_ping",
        "HTTP://DOCKER/_ping", "*", "_ping", "", "docker:80", "/a b",
    ];

    private static readonly (string Name, string Lines)[] Hosts =
    [
        ("an encoded path", "Host: %2Fvar%2Frun%2Fdocker.sock\r\n"), ("empty", "Host:\r\n"), ("missing", ""),
        ("a path", "Host: /var/run/docker.sock\r\n"),
        ("with a port", "Host: localhost:2375\r\n"), ("two", "Host: a\r\nHost: b\r\n"), ("an IPv6 address", "Host: [::1]:80\r\n"),
        ("with a space", "Host: a b\r\n"), ("with an at sign", "Host: u@h\r\n"), ("not ASCII", "Host: caf\xe9\r\n"), ("a comma", "Host: a,b\r\n"),
        ("api.moby.localhost", "Host: api.moby.localhost\r\n"), ("in lower case", "host: docker\r\n"),
    ];

    public static IEnumerable<RawCase> All()
    {
        foreach (var target in Targets)
        {
            yield return new($"GET {target}", async x => { await x.CallAsync("GET", target); await x.AliveAsync(); });
            if (target.StartsWith('/'))
                yield return new($"POST {target}", async x => { await x.CallAsync("POST", target, body: "{}"); await x.AliveAsync(); });
        }

        foreach (var (name, lines) in Hosts)
            yield return new($"Host: {name}", async x => { await x.CallAsync("GET", "/_ping", host: lines); await x.AliveAsync(); });

        foreach (var (name, lines) in Hosts)
        {
            yield return new(
                $"HTTP/1.0, Host: {name}", async x => { await x.SendAsync($"GET /_ping HTTP/1.0\r\n{lines}\r\n"); await x.AnswerAsync(); });
        }
    }
}
