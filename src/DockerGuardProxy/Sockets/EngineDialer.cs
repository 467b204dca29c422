using System.Net.Sockets;

namespace DockerGuardProxy.Sockets;

/// <summary>Opens connections to the engine's socket.</summary>
/// <param name="path">The engine's socket.</param>
/// <param name="time">Paces the retries on a full backlog.</param>
internal sealed class EngineDialer(string path, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly UnixDomainSocketEndPoint _endPoint = new(path);

    /// <summary>The engine's socket, as error texts name it.</summary>
    public string Path { get; } = path;

    /// <summary>
    /// Connects. A full backlog shows as EAGAIN at once on a non-blocking socket (connect(2)) where a blocking client would
    /// wait: nothing was sent, so it is tried again for as long as the caller waits.
    /// </summary>
    /// <param name="onWait">Called when the backlog is full: whoever waits may leave from now on, as from a connect of its own.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">The socket is missing or nobody listens.</exception>
    /// <exception cref="OperationCanceledException">The caller waits no longer.</exception>
    public async ValueTask<Socket> DialAsync(Action onWait, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await UnixConnection.OpenAsync(_endPoint, cancellationToken);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
            {
                // Nothing was sent.
            }

            onWait();
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>As <see cref="DialAsync"/> without an end to the wait; null where the socket is missing or nobody listens.</summary>
    public async ValueTask<Socket?> TryDialAsync(Action onWait)
    {
        try
        {
            return await DialAsync(onWait, CancellationToken.None);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
