using System.Net.Sockets;
using DockerGuardProxy.Timing;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Kestrel's notice to a connection's HTTP layer that the server stops. As it comes, the layer would close every connection that has no
/// request under way, and lose one that the client has sent by then or is about to send on a connection it has just opened. So it is
/// kept back from such a connection: the input is ended instead, which the client sees before its next request leaves it, and which
/// loses nothing that is already in the socket.
/// </summary>
/// <remarks>Invariant, under <c>_gate</c>: the token fires, or the input ends, at most once, and only after the server has begun to stop.</remarks>
internal sealed class StopNotice : IConnectionLifetimeNotificationFeature, IDisposable
{
    /// <summary>From the server's stop on; a client that connects without a word for longer has none to lose.</summary>
    private static readonly TimeSpan FirstRequest = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OneShotToken _notice = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _isNew = true;
    private bool _isBusy;
    private bool _isAnswering;
    private bool _isStopping;
    private bool _disposed;

    /// <param name="kestrel">The notice as it comes.</param>
    /// <param name="socket">The connection's own.</param>
    /// <param name="time">For new connections.</param>
    /// <param name="logger">Told of a fault.</param>
    public StopNotice(IConnectionLifetimeNotificationFeature kestrel, Socket socket, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _socket = socket;
        _time = time;
        ConnectionClosedRequested = _notice.Token;
        _registration = kestrel.ConnectionClosedRequested.UnsafeRegister(static state => ((StopNotice)state!).RequestClose(), this);
    }

    /// <summary>Fires once the connection must take up no request beyond the one under way.</summary>
    public CancellationToken ConnectionClosedRequested { get; set; }

    /// <summary>True once this side, not the client, has ended the client's sending.</summary>
    public bool HasEndedInput { get; private set; }

    /// <summary>The server begins to stop.</summary>
    public void RequestClose()
    {
        lock (_gate)
        {
            if (_isStopping || _disposed) return;
            _isStopping = true;
            if (!_isBusy)
            {
                if (_isNew) _timer = _time.CreateSafeTimer(EndNew, e => ListenLog.DepartureFault(_logger, e), FirstRequest, Timeout.InfiniteTimeSpan);
                else EndInput();
                return;
            }

            if (!_isAnswering) return;
        }

        _notice.Fire();
    }

    /// <summary>A request is spliced from now on: Kestrel has no part in it, and no notice to be given.</summary>
    public void BeginSpliced()
    {
        lock (_gate) _isNew = false;
    }

    /// <summary>The first bytes of a head have been read.</summary>
    public void BeginRequest()
    {
        lock (_gate) _isBusy = true;
    }

    /// <summary>A head is whole, and its request is answered from now on.</summary>
    public void BeginAnswer()
    {
        lock (_gate)
        {
            _isNew = false;
            _isAnswering = true;
            if (!_isStopping) return;
        }

        _notice.Fire();
    }

    /// <summary>
    /// The request under way is answered. Kestrel, having had the notice, ends the connection; nothing could be added to an answer that was
    /// spliced, so that its client sees the stop before its next request.
    /// </summary>
    public void EndAnswer()
    {
        lock (_gate)
        {
            _isBusy = _isAnswering = false;
            if (_isStopping && !_disposed) EndInput();
        }
    }

    public void Dispose()
    {
        lock (_gate) _disposed = true;
        _registration.Dispose();
        _timer?.Dispose();
        _notice.Dispose();
    }

    private void EndNew()
    {
        lock (_gate)
        {
            if (!_isBusy && !_disposed) EndInput();
        }
    }

    private void EndInput()
    {
        HasEndedInput = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has gone before.
        }
    }
}
