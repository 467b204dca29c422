using System.Text;

namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>Input that is wrong: the engine's answer, or a clean close.</summary>
internal static class BadInputCases
{
    private static readonly (string Name, string Bytes)[] Heads =
    [
        ("garbage", "\x01\x02\xff\xfe garbage \0\0\r\n\r\n"),
        ("a TLS hello", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + "\x20\x21\x22\x23\x24\x25\x26\x27\x28\x29\x2a\x2b\x2c\x2d\x2e\x2f\r\n\r\n"),
        ("no version", "GET /_ping\r\n\r\n"),
        ("version 1.2", "GET /_ping HTTP/1.2\r\nHost: x\r\n\r\n"),
        ("version 2.0", "GET /_ping HTTP/2.0\r\nHost: x\r\n\r\n"),
        ("version 3", "GET /_ping HTTP/3\r\nHost: x\r\n\r\n"),
        ("a space before the colon", "GET /_ping HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n"),
        ("no colon", "GET /_ping HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"),
        ("an empty header name", "GET /_ping HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n"),
        ("a folded header", "GET /_ping HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"),
        ("a NUL in a header", "GET /_ping HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"),
        ("a CR in a header", "GET /_ping HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n"),
        ("two lengths", "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
        ("the same length twice", "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        ("a negative length", "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        ("a length with a plus", "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}"),
        ("a length that is no number", "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n{}"),
        ("length and chunks", "POST /containers/nope/rename?name=x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("an unknown transfer coding", "POST /containers/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
        ("chunked twice", "POST /containers/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        ("chunks in HTTP/1.0", "POST /containers/nope/rename?name=x HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("a bad chunk size", "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        ("a chunk longer than said", "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}}\r\n0\r\n\r\n"),
    ];

    public static IEnumerable<RawCase> All()
    {
        foreach (var (name, bytes) in Heads)
        {
            yield return new($"bad input: {name}", async x =>
            {
                await x.SendAsync(bytes);
                await x.AnswerAsync();
                await x.AliveAsync();
            }, OrClose: true);
        }

        // Engines from 29.2 on speak prior-knowledge HTTP/2; none of the three here does.
        yield return new("an HTTP/2 preface", async x =>
        {
            await x.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
            await x.RestAsync();
        });
        yield return new("an HTTP/2 preface and a call", async x =>
        {
            await x.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\0\x03\x01\x05\0\0\0\x01\x82\x84\x86");
            await x.RestAsync();
        });
        yield return new("the head of an HTTP/2 preface", async x =>
        {
            await x.SendAsync("PRI * HTTP/2.0\r\n\r\n");
            await x.AnswerAsync();
        });
        yield return new("bad input: a request cut off in its head", async x =>
        {
            await x.SendAsync("GET /_ping HTTP/1.1\r\nHost:");
            x.HalfClose();
            await x.RestAsync();
        }, OrClose: true);
        yield return new("bad input: a body shorter than announced", async x =>
        {
            await x.SendAsync("POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"Image\":");
            x.HalfClose();
            await x.AnswerAsync();
            await x.RestAsync();
        }, OrClose: true);
        yield return new("bad input: chunks that end too early", async x =>
        {
            await x.SendAsync("POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"I");
            x.HalfClose();
            await x.AnswerAsync();
            await x.RestAsync();
        }, OrClose: true);
        yield return new("bad input: nothing at all", async x =>
        {
            await x.ConnectAsync();
            x.HalfClose();
            await x.RestAsync();
        }, OrClose: true);
        yield return new("900 KB of headers", async x =>
        {
            await x.CallAsync("GET", "/_ping", string.Concat(Enumerable.Range(0, 9).Select(i => $"X-{i}: {new string('x', 100_000)}\r\n")));
            await x.AliveAsync();
        });
        yield return new("bad input: 2 MiB of headers", async x =>
        {
            var sent = await x.SendInBackgroundAsync(Encoding.ASCII.GetBytes(
                "GET /_ping HTTP/1.1\r\nHost: x\r\n" + string.Concat(Enumerable.Range(0, 2048).Select(i => $"X-{i}: {new string('x', 1024)}\r\n"))
                    + "\r\n"));
            await x.AnswerAsync();
            await x.RestAsync();
            await sent;
        }, OrClose: true);
        yield return new("bad input: a head that never ends", async x =>
        {
            var sent = await x.SendInBackgroundAsync(Encoding.ASCII.GetBytes("GET /_ping HTTP/1.1\r\nHost: x\r\nX: " + new string('x', 4 << 20)));
            await x.AnswerAsync();
            await x.RestAsync();
            await sent;
        }, OrClose: true);
        yield return new("bad input: a request line that never ends", async x =>
        {
            var sent = await x.SendInBackgroundAsync(Encoding.ASCII.GetBytes("GET /" + new string('x', 4 << 20)));
            await x.AnswerAsync();
            await x.RestAsync();
            await sent;
        }, OrClose: true);
    }
}
