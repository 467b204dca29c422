using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using UnixSocket = DockerGuardProxy.EngineTests.Lab.UnixSocket;

namespace DockerGuardProxy.Campaign.Wire;

/// <summary>
/// A socket between the proxy and its engine that notes which calls go by, when, and when their answers begin. It changes nothing: bytes, ends of
/// a sending side and departures pass as they come.
/// </summary>
internal sealed class CountingRelay(string path, string engine) : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan LookForDeparture = TimeSpan.FromMilliseconds(50);

    private Socket? _listener;

    /// <summary>What went by.</summary>
    public Sightings Seen { get; } = new();

    /// <summary>Where it listens.</summary>
    public string Path => path;

    /// <summary>Begins to listen, as the engine does when it starts.</summary>
    public void Open()
    {
        File.Delete(path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(int.MaxValue);
        _ = AcceptAsync(_listener);
    }

    /// <summary>Refuses new connections, as the engine does once it is gone; those that are there end with the engine.</summary>
    public void Close()
    {
        _listener?.Dispose();
        _listener = null;
    }

    public void Dispose() => Close();

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(Socket proxy)
    {
        using (proxy)
        {
            Socket engineSide;
            try
            {
                engineSide = UnixSocket.Connect(engine);
            }
            catch (SocketException)
            {
                return;
            }

            using (engineSide)
            {
                var calls = new RelayedCalls(Seen);
                await Task.WhenAll(CopyAsync(proxy, engineSide, calls.Request), CopyAsync(engineSide, proxy, calls.Answer));
            }
        }
    }

    /// <summary>One direction to its end. A side that has gone altogether ends the other altogether.</summary>
    private static async Task CopyAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>> note)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
            {
                note(buffer.AsMemory(0, count));
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }

            to.Shutdown(SocketShutdown.Send);
            while (!PeerState.IsGone(from)) await Task.Delay(LookForDeparture);
            to.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side went: so does the other.
            from.Dispose();
            to.Dispose();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The calls of one connection: one at a time, so what comes next from the engine answers what was sent last.</summary>
    private sealed class RelayedCalls(Sightings seen)
    {
        private const string StatusLine = "HTTP/1.1 ";
        private const int Digits = 3;

        private readonly TokenScan _scan = new();
        // 0 where none is.
        private ulong _unanswered;

        public void Request(ReadOnlyMemory<byte> bytes) => _scan.Feed(bytes.Span, token =>
        {
            seen.Sent(token, Clock.Now);
            Volatile.Write(ref _unanswered, token);
        });

        public void Answer(ReadOnlyMemory<byte> bytes)
        {
            var token = Volatile.Read(ref _unanswered);
            if (token == 0) return;
            var span = bytes.Span;
            var status = span.Length >= StatusLine.Length + Digits && int.TryParse(
                span.Slice(StatusLine.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
            // An answer before the answer: 100 to one that expects it.
            if (status == 100) return;
            seen.Answered(token, Clock.Now, status);
            Volatile.Write(ref _unanswered, 0);
        }
    }
}
