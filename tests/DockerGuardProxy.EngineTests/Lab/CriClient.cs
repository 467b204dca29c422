using System.Net.WebSockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>
/// What kubelet and crictl ask of a container by the socket of the CRI, in its version of Kubernetes 1.20 (runtime.v1alpha2; the numbers are those
/// of its api.proto). To dockershim a container's id is the engine's.
/// </summary>
internal sealed class CriClient : IDisposable
{
    /// <summary>Streams of an exec on one connection (k8s.io/apimachinery, remotecommand): the first byte of each message.</summary>
    private const byte Stdin = 0, Stdout = 1, Status = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;

    /// <param name="path">The socket.</param>
    public CriClient(string path)
    {
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = UnixHandler.To(path) });
        _calls = _channel.CreateCallInvoker();
    }

    /// <summary>Where kubelet reads a container's log.</summary>
    public async Task<string> LogPathAsync(string container)
    {
        const int containerId = 1, status = 1, logPath = 15;
        var answer = await CallAsync("ContainerStatus", message => WriteString(message, containerId, container));
        return Text(Field(Field(answer, status), logPath));
    }

    /// <summary>Runs a command to its end, as a probe does.</summary>
    public async Task<(string Output, string Error, int ExitCode)> ExecSyncAsync(string container, params string[] command)
    {
        const int stdout = 1, stderr = 2, exitCode = 3;
        var answer = await CallAsync("ExecSync", message => WriteCommand(message, container, command));
        var code = 0;
        using var fields = new CodedInputStream(answer);
        for (uint tag; (tag = fields.ReadTag()) != 0;)
        {
            if (WireFormat.GetTagFieldNumber(tag) == exitCode) code = fields.ReadInt32();
            else fields.SkipLastField();
        }

        return (Text(Field(answer, stdout)), Text(Field(answer, stderr)), code);
    }

    /// <summary>Runs a command as <c>kubectl exec -i</c> does: one line goes in, and what it says comes back, until it ends.</summary>
    /// <returns>The output, and how it ended.</returns>
    public async Task<(string Output, string Status)> ExecAsync(string container, string line, params string[] command)
    {
        const int stdin = 4, stdout = 5, url = 1;
        var answer = await CallAsync("Exec", message =>
        {
            WriteCommand(message, container, command);
            WriteTrue(message, stdin);
            WriteTrue(message, stdout);
        });
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v4.channel.k8s.io");
        await socket.ConnectAsync(new Uri(Text(Field(answer, url)).Replace("http:", "ws:", StringComparison.Ordinal)), limit.Token);
        await socket.SendAsync(
            (byte[])[Stdin, .. Encoding.UTF8.GetBytes(line)], WebSocketMessageType.Binary, endOfMessage: true, limit.Token);
        var (output, status) = (new StringBuilder(), new StringBuilder());
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var count = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(count), limit.Token);
                count += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close) return (output.ToString(), status.ToString());
            if (count == 0) continue;
            var text = Encoding.UTF8.GetString(buffer, 1, count - 1);
            if (buffer[0] == Stdout) output.Append(text);
            else if (buffer[0] == Status) status.Append(text);
        }
    }

    public void Dispose() => _channel.Dispose();

    private async Task<byte[]> CallAsync(string method, Action<CodedOutputStream> write)
    {
        using var message = new MemoryStream();
        using (var fields = new CodedOutputStream(message, leaveOpen: true)) write(fields);
        var described = new Method<byte[], byte[]>(MethodType.Unary, "runtime.v1alpha2.RuntimeService", method, Bytes, Bytes);
        return await _calls.AsyncUnaryCall(described, null, new CallOptions(deadline: DateTime.UtcNow + Limit), message.ToArray());
    }

    private static void WriteCommand(CodedOutputStream message, string container, string[] command)
    {
        const int containerId = 1, cmd = 2;
        WriteString(message, containerId, container);
        foreach (var word in command) WriteString(message, cmd, word);
    }

    private static void WriteString(CodedOutputStream message, int number, string text)
    {
        message.WriteTag(number, WireFormat.WireType.LengthDelimited);
        message.WriteString(text);
    }

    private static void WriteTrue(CodedOutputStream message, int number)
    {
        message.WriteTag(number, WireFormat.WireType.Varint);
        message.WriteBool(true);
    }

    /// <summary>A field of bytes, of text or of a message; empty where there is none.</summary>
    private static byte[] Field(byte[] message, int number)
    {
        using var fields = new CodedInputStream(message);
        for (uint tag; (tag = fields.ReadTag()) != 0;)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number) return fields.ReadBytes().ToByteArray();
            fields.SkipLastField();
        }

        return [];
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
