using System.Globalization;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>A server of Go's net/http that tells what it reads and counts what would end a container (tests/fuzz/engine).</summary>
internal sealed class GoEngine : IDisposable
{
    private readonly Daemon _daemon;
    private readonly string _control;

    private GoEngine(string version, string[] options)
    {
        var path = Machine.NewPath("g");
        SocketPath = path + ".sock";
        _control = path + ".control";
        _daemon = Daemon.Start(
            path + ".log", [Path.Combine(Machine.Repository, "artifacts", "fuzz", "engine-" + version), SocketPath, _control, .. options]);
    }

    /// <summary>Where it listens.</summary>
    public string SocketPath { get; }

    /// <summary>Starts one that a Go of this version has built.</summary>
    /// <param name="version">The Go.</param>
    /// <param name="options"><c>h2c</c> to speak HTTP/2 too, <c>leaks</c> to leave calls that end a container open.</param>
    public static async Task<GoEngine> StartAsync(string version, params string[] options)
    {
        var engine = new GoEngine(version, options);
        var started = await Poll.UntilAsync(() => File.Exists(engine.SocketPath) && File.Exists(engine._control), TimeSpan.FromSeconds(10));
        return started is null
            ? throw new InvalidOperationException($"The Go engine does not start (tests/fuzz/get builds it): {engine._daemon.Tail()}") : engine;
    }

    /// <summary>How many calls it has seen that would have ended a container.</summary>
    public int Ended()
    {
        using var socket = Connect(_control);
        return int.Parse(Encoding.ASCII.GetString(ReadAll(socket)), CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a stream on a connection of its own, in pieces, and its end behind it.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="cuts">Where to cut them.</param>
    /// <returns>A call for each answer, null where it was refused.</returns>
    public IReadOnlyList<SeenCall?> Exchange(ReadOnlySpan<byte> stream, ReadOnlySpan<int> cuts) =>
        AnswerStream.Read(Answer(SocketPath, stream, cuts), stream);

    /// <summary>The same on any socket, and all that is answered there.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="stream">The bytes.</param>
    /// <param name="cuts">Where to cut them.</param>
    /// <param name="slowly">True to leave time between the pieces, so that each is read by itself.</param>
    /// <exception cref="SocketException">The connection was still open 30 s after the last byte.</exception>
    public static byte[] Answer(string path, ReadOnlySpan<byte> stream, ReadOnlySpan<int> cuts, bool slowly = false)
    {
        using var socket = Connect(path);
        try
        {
            var sent = 0;
            foreach (var cut in cuts)
            {
                if (cut <= sent || cut >= stream.Length) continue;
                socket.Send(stream[sent..cut]);
                sent = cut;
                if (slowly) Thread.Sleep(2);
            }

            socket.Send(stream[sent..]);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has refused something and reads no further; why, it has said.
        }

        return ReadAll(socket);
    }

    public void Dispose()
    {
        _daemon.Signal(9);
        _daemon.Dispose();
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static byte[] ReadAll(Socket socket)
    {
        var buffer = new byte[4096];
        var length = 0;
        try
        {
            for (int count; (count = socket.Receive(buffer.AsSpan(length))) > 0;)
            {
                length += count;
                if (length == buffer.Length) Array.Resize(ref buffer, 2 * length);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It left bytes unread; what it said before is here.
        }

        return buffer[..length];
    }
}
