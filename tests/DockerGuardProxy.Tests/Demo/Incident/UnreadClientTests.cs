using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.Demo.Incident;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Incident;

/// <summary>The client against an engine that says what the test wants.</summary>
public sealed class UnreadClientTests : IDisposable
{
    private const string Granted = "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("client-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public UnreadClientTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
    }

    private string SocketPath => Path.Combine(_folder, "engine.sock");

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_reads_as_much_as_it_is_told_and_then_to_the_end()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var client = await AnsweredAsync(Granted + "1\r\n2\r\n3\r\n4");
        await client.ReadAsync(4, cancellationToken);
        Assert.Equal(3, await client.ReadToEndAsync(cancellationToken));
    }

    [Theory]
    [InlineData("1\r\n3\r\n", "3 follows 1")]
    [InlineData("1\r\n1\r\n", "1 follows 1")]
    public async Task A_number_that_is_missing_or_comes_twice_is_told(string stream, string what)
    {
        using var client = await AnsweredAsync(Granted + stream);
        var error = await Assert.ThrowsAsync<IOException>(() => client.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.EndsWith(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_ends_too_soon_is_told()
    {
        using var client = await AnsweredAsync(Granted + "1\r\n");
        await Assert.ThrowsAsync<IOException>(() => client.ReadAsync(4, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_attach_that_is_not_granted_is_told()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => AnsweredAsync("HTTP/1.1 409 Conflict\r\n\r\n"));
        Assert.Equal("attach: HTTP/1.1 409 Conflict", error.Message);
    }

    /// <summary>A client whose engine answers so, and sends no more.</summary>
    private async Task<UnreadClient> AnsweredAsync(string answer)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var attaching = UnreadClient.AttachAsync(SocketPath, "app", cancellationToken);
        using var engine = await _listener.AcceptAsync(cancellationToken);
        var request = new byte[4096];
        var text = "";
        while (!text.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            text += Encoding.ASCII.GetString(request, 0, await engine.ReceiveAsync(request, cancellationToken));
        Assert.StartsWith("POST /containers/app/attach?stream=1", text, StringComparison.Ordinal);
        await engine.SendAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
        return await attaching;
    }
}
