using System.Text;
using DockerGuardProxy.EngineTests.Lab;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>A real client and a real server of gRPC, with the proxy between them.</summary>
public sealed class GrpcTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private GrpcEngine _engine = null!;
    private Proxy _proxy = null!;
    private GrpcChannel _channel = null!;
    private CallInvoker _calls = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await GrpcEngine.StartAsync();
        _proxy = await Proxy.StartAsync(_engine.SocketPath, _engine.SocketPath + ".pid");
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = UnixHandler.To(_proxy.Socket) });
        _calls = _channel.CreateCallInvoker();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _proxy.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task A_unary_call_has_its_message_and_its_trailers()
    {
        using var call = _calls.AsyncUnaryCall(EchoService.UnaryMethod, null, Options(("x-header", "seen")), Bytes("hello"));
        Assert.Equal("hello", Text(await call.ResponseAsync));
        Assert.Equal("seen", call.GetTrailers().GetValue("x-trailer"));
        using var large = _calls.AsyncUnaryCall(EchoService.UnaryMethod, null, Options(), new byte[3 << 20]);
        Assert.Equal(3 << 20, (await large.ResponseAsync).Length);
    }

    [Fact]
    public async Task An_error_comes_with_its_status_its_words_and_its_trailers()
    {
        using var call = _calls.AsyncUnaryCall(EchoService.UnaryMethod, null, Options(), Bytes("fail"));
        var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal((StatusCode.FailedPrecondition, "ä: as asked"), (fault.StatusCode, fault.Status.Detail));
        Assert.Equal("1", fault.Trailers.GetValue("x-more"));
        var unknown = new Method<byte[], byte[]>(
            MethodType.Unary, "test.Echo", "Nope", EchoService.UnaryMethod.RequestMarshaller, EchoService.UnaryMethod.ResponseMarshaller);
        using var none = _calls.AsyncUnaryCall(unknown, null, Options(), Bytes("x"));
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => none.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Messages_stream_up_down_and_both_ways()
    {
        using var upload = _calls.AsyncClientStreamingCall(EchoService.UploadMethod, null, Options());
        for (var number = 0; number < 100; number++) await upload.RequestStream.WriteAsync(Bytes($"{number} "));
        await upload.RequestStream.CompleteAsync();
        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(number => $"{number} ")), Text(await upload.ResponseAsync));

        using var download = _calls.AsyncServerStreamingCall(EchoService.DownloadMethod, null, Options(), Bytes("1000"));
        var received = 0;
        while (await download.ResponseStream.MoveNext()) Assert.Equal($"message {received++}", Text(download.ResponseStream.Current));
        Assert.Equal(1000, received);

        using var duplex = _calls.AsyncDuplexStreamingCall(EchoService.DuplexMethod, null, Options());

        // Before anything has gone up.
        Assert.Equal("1", (await duplex.ResponseHeadersAsync).GetValue("x-begun"));
        for (var number = 0; number < 100; number++)
        {
            await duplex.RequestStream.WriteAsync(Bytes($"{number}"));
            Assert.True(await duplex.ResponseStream.MoveNext());
            Assert.Equal($"{number}", Text(duplex.ResponseStream.Current));
        }

        await duplex.RequestStream.CompleteAsync();
        Assert.False(await duplex.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_deadline_and_a_cancellation_reach_the_server()
    {
        // The first call of all may take longer than the deadline of the next.
        using (var first = _calls.AsyncUnaryCall(EchoService.UnaryMethod, null, Options(), Bytes("hello"))) await first.ResponseAsync;
        var before = EchoService.Left;
        using var late = _calls.AsyncUnaryCall(
            EchoService.UnaryMethod, null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(1)), Bytes("wait"));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => late.ResponseAsync)).StatusCode);
        using (var begun = _calls.AsyncServerStreamingCall(EchoService.DownloadMethod, null, Options(), Bytes("-1")))
        {
            Assert.True(await begun.ResponseStream.MoveNext());
        }

        Assert.NotNull(await Poll.UntilAsync(() => EchoService.Left == before + 2, Limit));
    }

    [Fact]
    public async Task Hundreds_of_streams_go_on_one_connection()
    {
        var streams = Enumerable.Range(0, 240).Select(_ => _calls.AsyncDuplexStreamingCall(EchoService.DuplexMethod, null, Options())).ToList();
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(streams.Select(async stream =>
            {
                await stream.RequestStream.WriteAsync(Bytes($"{round}"));
                Assert.True(await stream.ResponseStream.MoveNext());
                Assert.Equal($"{round}", Text(stream.ResponseStream.Current));
            })).WaitAsync(Limit);
        }

        streams.ForEach(stream => stream.Dispose());
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(async number =>
        {
            using var call = _calls.AsyncUnaryCall(EchoService.UnaryMethod, null, Options(), Bytes($"{number}"));
            Assert.Equal($"{number}", Text(await call.ResponseAsync));
        })).WaitAsync(Limit);
    }

    private static CallOptions Options(params (string Name, string Value)[] headers)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in headers) metadata.Add(name, value);
        return new CallOptions(metadata, DateTime.UtcNow.AddSeconds(30));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
