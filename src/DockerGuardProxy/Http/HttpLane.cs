using System.IO.Pipelines;
using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Connections;

namespace DockerGuardProxy.Http;

/// <summary>
/// The lane of calls that must be understood: a client's connection as Kestrel's HTTP layer sees it. It is shown one request at a time, up to a
/// fence where the framing that was followed ends it, so that the next head is Route's to look at; or, where nobody can say for sure where a
/// request ends, all that comes from then on.
/// </summary>
/// <remarks>
/// Invariant, under <c>_gate</c>: a call is answered when its context is disposed of, all that was shown is consumed, the fence is reached, and
/// Kestrel asks for more; there is a waiter only while a call is under way.
/// </remarks>
internal sealed class HttpLane : IDuplexPipe
{
    private readonly Pipe _input;
    private readonly ClientConnection _client;
    private readonly Lock _gate = new();
    private TaskCompletionSource<bool>? _waiter;
    private bool _isUnderWay;
    private bool _isFenced;
    private bool _hasEnded;
    private long _shown;
    private long _consumed = -1;

    /// <summary>Opens it.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="http">Kestrel's HTTP layer; runs from here on.</param>
    /// <param name="onFault">Told where it fails.</param>
    public HttpLane(ClientConnection client, ConnectionDelegate http, Action<Exception> onFault)
    {
        _client = client;
        _input = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: ProxyServer.EngineHeadLimit, resumeWriterThreshold: ProxyServer.EngineHeadLimit / 2,
            useSynchronizationContext: false));
        Output = new SocketWriter(client.Socket);
        Serving = ServeAsync(http, client.OpenHttp(this, OnAsked), onFault);
    }

    /// <summary>What is shown to Kestrel.</summary>
    public PipeReader Input => _input.Reader;

    /// <summary>Kestrel's way to the client.</summary>
    public PipeWriter Output { get; }

    /// <summary>Completes when Kestrel is done with the connection.</summary>
    public Task Serving { get; }

    /// <summary>True while a call is under way.</summary>
    public bool IsUnderWay
    {
        get
        {
            lock (_gate) return _isUnderWay;
        }
    }

    /// <summary>A call begins. False where Kestrel has ended the connection: it takes no more.</summary>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_hasEnded) return false;
            (_isUnderWay, _isFenced) = (true, false);
        }

        _client.Transport.LookAtHeads();
        return true;
    }

    /// <summary>Shows Kestrel further bytes. False if it reads no more.</summary>
    public async ValueTask<bool> ShowAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate) _shown += bytes.Length;
        return !(await _input.Writer.WriteAsync(bytes)).IsCompleted;
    }

    /// <summary>All of the request has been shown.</summary>
    public void Fence()
    {
        lock (_gate) _isFenced = true;
        EndIfAnswered();
    }

    /// <summary>The client sends no more.</summary>
    public void EndInput() => _input.Writer.Complete();

    /// <summary>Waits for the end of the call under way. False if the connection ends with it.</summary>
    public ValueTask<bool> AnsweredAsync()
    {
        lock (_gate)
        {
            if (_hasEnded) return new(false);
            return _isUnderWay ? new((_waiter = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task) : new(true);
        }
    }

    private async Task ServeAsync(ConnectionDelegate http, ConnectionContext context, Action<Exception> onFault)
    {
        // Kestrel begins to read where the first request is shown to it.
        try
        {
            await http(context);
        }
        catch (Exception e)
        {
            onFault(e);
        }
        finally
        {
            // Whoever shows it more learns that nobody reads it, as of the transports that Kestrel knows.
            _input.Reader.Complete();
            OnEnded();
        }
    }

    private void OnAsked(long consumed)
    {
        lock (_gate) _consumed = consumed;
        EndIfAnswered();
    }

    private void EndIfAnswered()
    {
        TaskCompletionSource<bool>? waiter;
        lock (_gate)
        {
            if (!_isUnderWay || !_isFenced || _consumed != _shown) return;
            _isUnderWay = false;
            (waiter, _waiter) = (_waiter, null);
        }

        _client.EndRequest();
        waiter?.TrySetResult(true);
    }

    private void OnEnded()
    {
        TaskCompletionSource<bool>? waiter;
        bool wasUnderWay;
        lock (_gate)
        {
            _hasEnded = true;
            (wasUnderWay, _isUnderWay) = (_isUnderWay, false);
            (waiter, _waiter) = (_waiter, null);
        }

        // Whoever waits for the client, to see it leave, ends with it. A connection that was idle here has a call in the other lane.
        if (wasUnderWay) _client.Close();
        waiter?.TrySetResult(false);
    }
}
