using System.Text;
using Grpc.Core;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>A service of gRPC with a method of each kind. Messages are bytes, so that no compiler of protocols is needed.</summary>
/// <remarks>Its server finds overridable methods only.</remarks>
[BindServiceMethod(typeof(EchoService), nameof(BindService))]
internal abstract class EchoService
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    public static readonly Method<byte[], byte[]> UnaryMethod = new(MethodType.Unary, "test.Echo", nameof(Unary), Bytes, Bytes);
    public static readonly Method<byte[], byte[]> UploadMethod = new(MethodType.ClientStreaming, "test.Echo", nameof(Upload), Bytes, Bytes);
    public static readonly Method<byte[], byte[]> DownloadMethod = new(MethodType.ServerStreaming, "test.Echo", nameof(Download), Bytes, Bytes);
    public static readonly Method<byte[], byte[]> DuplexMethod = new(MethodType.DuplexStreaming, "test.Echo", nameof(Duplex), Bytes, Bytes);

    private static int _left;

    /// <summary>Calls that have ended because their client has left.</summary>
    public static int Left => Volatile.Read(ref _left);

    public static void BindService(ServiceBinderBase binder, EchoService? service)
    {
        binder.AddMethod(UnaryMethod, service is null ? null! : service.Unary);
        binder.AddMethod(UploadMethod, service is null ? null! : service.Upload);
        binder.AddMethod(DownloadMethod, service is null ? null! : service.Download);
        binder.AddMethod(DuplexMethod, service is null ? null! : service.Duplex);
    }

    /// <summary>Gives back what came; "fail" fails, "wait" waits until its client leaves.</summary>
    public virtual async Task<byte[]> Unary(byte[] request, ServerCallContext context)
    {
        context.ResponseTrailers.Add("x-trailer", context.RequestHeaders.GetValue("x-header") ?? "none");
        var text = Encoding.UTF8.GetString(request);
        if (text == "fail") throw new RpcException(new Status(StatusCode.FailedPrecondition, "ä: as asked"), new Metadata { { "x-more", "1" } });
        if (text == "wait") await LeaveAsync(context);
        return request;
    }

    /// <summary>Answers with the bytes of all messages together.</summary>
    public virtual async Task<byte[]> Upload(IAsyncStreamReader<byte[]> requests, ServerCallContext context)
    {
        using var all = new MemoryStream();
        while (await requests.MoveNext(context.CancellationToken)) all.Write(requests.Current);
        return all.ToArray();
    }

    /// <summary>Sends as many messages as it is asked for, then waits if that is less than none.</summary>
    public virtual async Task Download(byte[] request, IServerStreamWriter<byte[]> answers, ServerCallContext context)
    {
        var count = int.Parse(Encoding.UTF8.GetString(request), System.Globalization.CultureInfo.InvariantCulture);
        for (var number = 0; number < Math.Abs(count); number++) await answers.WriteAsync(Encoding.UTF8.GetBytes($"message {number}"));
        if (count < 0) await LeaveAsync(context);
    }

    /// <summary>Gives back each message as it comes.</summary>
    public virtual async Task Duplex(IAsyncStreamReader<byte[]> requests, IServerStreamWriter<byte[]> answers, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync(new Metadata { { "x-begun", "1" } });
        while (await requests.MoveNext(context.CancellationToken)) await answers.WriteAsync(requests.Current);
    }

    private static async Task LeaveAsync(ServerCallContext context)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _left);
            throw;
        }
    }
}
