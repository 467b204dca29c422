using System.Buffers;
using System.Text;
using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class RequestHeadTests
{
    private readonly DefaultHttpContext _http = new();
    private readonly ArrayBufferWriter<byte> _writer = new();

    public RequestHeadTests() => _http.Request.Method = "POST";

    private IHeaderDictionary Headers => _http.Request.Headers;

    [Fact]
    public void Target_names_and_values_go_as_they_came()
    {
        Headers.Host = "docker";
        Headers["x-ODD"] = new[] { "a", "", "\u00ff b" };
        Headers["Connection"] = "Upgrade, x";
        Headers["Upgrade"] = "tcp";
        Headers["Expect"] = "100-continue";
        Assert.Equal(
            "POST /\u00e4%2f?#x HTTP/1.1\r\nHost: docker\r\nx-ODD: a\r\nx-ODD: \r\nx-ODD: \u00ff b\r\nConnection: Upgrade, x\r\nUpgrade: tcp\r\n"
            + "Expect: 100-continue\r\n\r\n",
            Write("/\u00e4%2f?#x", null));
    }

    [Fact]
    public void A_request_without_a_host_gets_an_empty_one()
    {
        Headers["A"] = "b";
        Assert.Equal("POST / HTTP/1.1\r\nHost: \r\nA: b\r\n\r\n", Write("/", null));
    }

    [Fact]
    public void A_hidden_host_comes_back_in_its_place()
    {
        Headers["A"] = "b";
        Headers.Host = "xxx";
        Headers["C"] = "d";
        Assert.Equal("POST / HTTP/1.1\r\nA: b\r\nHost: a_b\r\nC: d\r\n\r\n", Write("/", "a_b"));
    }

    [Fact]
    public void A_length_beside_chunks_is_left_out()
    {
        Headers.Host = "h";
        Headers.TransferEncoding = "chunked";
        Headers["X-Content-Length"] = "5";
        Assert.Equal("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", Write("/", null));
    }

    [Fact]
    public void A_header_of_that_name_without_chunks_is_the_clients_own()
    {
        Headers.Host = "h";
        Headers["X-Content-Length"] = "5";
        Headers.ContentLength = 3;
        Assert.Equal("POST / HTTP/1.1\r\nHost: h\r\nX-Content-Length: 5\r\nContent-Length: 3\r\n\r\n", Write("/", null));
    }

    [Fact]
    public void A_detached_call_leaves_what_is_of_the_connection_behind()
    {
        Headers.Host = "xxx";
        Headers["Content-Length"] = "100";
        Headers["Transfer-Encoding"] = "chunked";
        Headers["connection"] = "close";
        Headers["Keep-Alive"] = "5";
        Headers["UPGRADE"] = "tcp";
        Headers["Expect"] = "100-continue";
        Headers["X-Content-Length"] = "9";
        Headers["Content-Type"] = "text/plain";
        Headers["X-Registry-Auth"] = new[] { "a", "b" };
        const string kept = "Host: a_b\r\nContent-Type: text/plain\r\nX-Registry-Auth: a\r\nX-Registry-Auth: b\r\n";
        Assert.Equal(kept + "\r\n", Detach(null));
        Assert.Equal(kept + "Content-Length: 0\r\n\r\n", Detach(0));
        Assert.Equal(kept + "Content-Length: 12345\r\n\r\n", Detach(12345));
    }

    [Fact]
    public void A_long_value_is_written_whole()
    {
        Headers.Host = "h";
        Headers["X-Registry-Auth"] = new string('a', 200_000);
        Assert.EndsWith($"X-Registry-Auth: {new string('a', 200_000)}\r\n\r\n", Write("/", null), StringComparison.Ordinal);
    }

    private string Write(string target, string? host)
    {
        RequestHead.Write(_http, target, host, _writer);
        return Written();
    }

    private string Detach(int? length)
    {
        RequestHead.WriteDetachedHeaders(_http.Features.GetRequiredFeature<IHttpRequestFeature>(), "a_b", length, _writer);
        return Written();
    }

    private string Written()
    {
        var text = Encoding.Latin1.GetString(_writer.WrittenSpan);
        _writer.ResetWrittenCount();
        return text;
    }
}
