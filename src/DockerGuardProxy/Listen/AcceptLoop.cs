using System.Net;
using System.Net.Sockets;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Listen;

/// <summary>
/// One socket that clients connect to. A connection of our own proves that whoever connects is accepted and handed on; neither a
/// request nor the engine has a part in it.
/// </summary>
/// <param name="endPoint">What Kestrel was asked to listen on.</param>
internal sealed class AcceptLoop(EndPoint endPoint)
{
    private long _inode;
    private TaskCompletionSource? _next;

    public EndPoint EndPoint => endPoint;

    /// <summary>Its path; empty until bound.</summary>
    public string Path { get; private set; } = "";

    /// <summary>False where another file is at its path by now, or none: nobody new gets through.</summary>
    public bool HasFile => _inode != 0 && SocketFile.Inode(Path) == _inode;

    /// <summary>Clients can connect from now on.</summary>
    public void Bind(string path)
    {
        Path = path;
        _inode = SocketFile.Inode(path);
    }

    /// <summary>A connection has been accepted and handed on.</summary>
    public void OnAccepted()
    {
        if (Volatile.Read(ref _next) is not null)
            Interlocked.Exchange(ref _next, null)?.TrySetResult();
    }

    /// <summary>Connects, and waits until a connection, this or another one, has been accepted.</summary>
    /// <returns>False if none was within <paramref name="limit"/>.</returns>
    public async Task<bool> ProveAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _next, next);
        Socket? probe = null;
        try
        {
            probe = await UnixConnection.OpenAsync(new UnixDomainSocketEndPoint(Path), cancellationToken);
        }
        catch (SocketException)
        {
            // A full backlog, whose first is accepted next, or no file: then only somebody who has connected before can prove it.
        }

        try
        {
            await next.Task.WaitAsync(limit, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            probe?.Dispose();
        }
    }
}
