using System.Buffers;
using System.IO.Pipelines;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Connections;

namespace DockerGuardProxy.Http;

/// <summary>
/// The lane of a connection that speaks HTTP/2: all that comes is Kestrel's, which cuts it into calls, each of which goes the way of any other.
/// </summary>
internal sealed class Http2Lane : IDuplexPipe
{
    private const int PieceSize = 16 * 1024;

    /// <summary>How long Kestrel is waited for where the client has ended and no call of its is under way.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly Pipe _input = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: ProxyServer.EngineHeadLimit, resumeWriterThreshold: ProxyServer.EngineHeadLimit / 2,
        useSynchronizationContext: false));

    private readonly ClientConnection _client;
    private readonly OpenStreams _streams;
    private readonly TimeProvider _time;
    private bool _hasEnded;

    public Http2Lane(ClientConnection client, OpenStreams streams, TimeProvider time)
    {
        (_client, _streams, _time) = (client, streams, time);
        Output = new SocketWriter(client.Socket);
    }

    /// <summary>What is shown to Kestrel.</summary>
    public PipeReader Input => _input.Reader;

    /// <summary>Kestrel's way to the client.</summary>
    public PipeWriter Output { get; }

    /// <summary>Puts first what has come from the client already; before it runs.</summary>
    public void Put(ReadOnlySpan<byte> come) => _input.Writer.Write(come);

    /// <summary>Serves it until its end.</summary>
    /// <param name="http2">Kestrel's HTTP/2.</param>
    /// <param name="context">The connection as Kestrel sees it.</param>
    public async Task RunAsync(ConnectionDelegate http2, ConnectionContext context)
    {
        var serving = ServeAsync(http2, context);
        try
        {
            await _input.Writer.FlushAsync();
            await ShowAsync();
        }
        finally
        {
            // The end of what the client sends is the end of its connection, as for net/http, also of one that reads nothing: Kestrel would wait
            // for it to take what is still to be sent. The socket stays until what has come is served.
            await _input.Writer.CompleteAsync();
            if (_hasEnded) _client.Socket.EndSending();
            await EndAsync(serving);
        }
    }

    /// <summary>
    /// Waits for Kestrel, but not for ever: of a client that has reset very many calls it can lose count, and then waits for the end of one that
    /// there is not (Http2Connection.ProcessRequestsAsync says of that loop itself that it may not end). Nothing more can be sent at this point.
    /// </summary>
    private async Task EndAsync(Task serving)
    {
        for (var since = _time.GetTimestamp(); !serving.IsCompleted;)
        {
            await Task.WhenAny(serving, Task.Delay(Quiet / 5, _time));
            if (!_streams.IsEmpty) since = _time.GetTimestamp();
            if (_time.GetElapsedTime(since) < Quiet) continue;
            _client.Close();
            return;
        }

        await serving;
    }

    private async Task ServeAsync(ConnectionDelegate http2, ConnectionContext context)
    {
        try
        {
            await http2(context);
        }
        finally
        {
            // Whoever waits for the client ends with it.
            await _input.Reader.CompleteAsync();
            _client.Close();
        }
    }

    private async ValueTask ShowAsync()
    {
        var turn = new Turns(Turns.OfFrames);
        while (true)
        {
            await _client.Socket.WaitReadableAsync();
            var count = await _client.Socket.ReceiveAsync(_input.Writer.GetMemory(PieceSize));
            if (count == 0)
            {
                _hasEnded = true;
                return;
            }

            _input.Writer.Advance(count);
            if ((await _input.Writer.FlushAsync()).IsCompleted) return;
            await turn.YieldAfterAsync(count);
        }
    }
}
