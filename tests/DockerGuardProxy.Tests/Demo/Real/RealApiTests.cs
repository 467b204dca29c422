using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.Demo.Real;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Real;

public sealed class RealApiTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("real-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly Socket _engine = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly RealApi _api;

    public RealApiTests()
    {
        var path = Path.Combine(_folder, "engine.sock");
        _engine.Bind(new UnixDomainSocketEndPoint(path));
        _engine.Listen();
        _api = new RealApi(path, _time);
    }

    public void Dispose()
    {
        _api.Dispose();
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_engine_that_is_silent_is_given_up()
    {
        // Accepted by the kernel, answered by nobody.
        var asked = _api.InfoAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.EndsWith(
            ": the engine is silent: no answer to GET info in 10 s", (await Assert.ThrowsAsync<LostEngineException>(() => asked)).Message,
            StringComparison.Ordinal);
        var removed = _api.RemoveAsync("0123456789ab");
        _time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<LostEngineException>(() => removed);
    }

    [Fact]
    public async Task A_removal_that_fails_is_asked_for_again()
    {
        using var api = new RealApi(Path.Combine(_folder, "engine.sock"), TimeProvider.System);
        var removed = api.RemoveAsync("0123456789ab");
        using var connection = await _engine.AcceptAsync(TestContext.Current.CancellationToken);
        await AnswerAsync(connection, "500 Internal Server Error", """{"message":"Could not kill running container: is not running"}""");
        await AnswerAsync(connection, "404 Not Found", "{}");
        await removed;
    }

    [Fact]
    public async Task An_engine_that_has_gone_is_told()
    {
        _engine.Dispose();
        var told = await Assert.ThrowsAsync<LostEngineException>(() => _api.CountAsync(TestContext.Current.CancellationToken));
        Assert.Contains("engine.sock: no engine answers there: ", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_interrupts_is_not_told_of_a_lost_engine()
    {
        using var interruption = new CancellationTokenSource();
        var asked = _api.InfoAsync(interruption.Token);
        await interruption.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    // Each request comes in one piece, its head.
    private static async Task AnswerAsync(Socket connection, string status, string body)
    {
        var request = new byte[4096];
        var count = await connection.ReceiveAsync(request, TestContext.Current.CancellationToken);
        Assert.StartsWith("DELETE /containers/0123456789ab?force=1 ", Encoding.ASCII.GetString(request, 0, count), StringComparison.Ordinal);
        await connection.SendAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
            TestContext.Current.CancellationToken);
    }
}
