using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Listen;

/// <summary>
/// An accepted connection as Kestrel has it. Pipes come into being with the first call that takes the HTTP lane; a connection all of whose
/// calls are spliced has none.
/// </summary>
/// <param name="socket">The connection.</param>
/// <param name="endPoint">The socket that accepted it.</param>
internal sealed class AcceptedConnection(Socket socket, EndPoint endPoint) : ConnectionContext
{
    private static long _lastId;

    private readonly FeatureCollection _features = new(6);
    private string? _id;
    private IDictionary<object, object?>? _items;

    public Socket Socket => socket;

    /// <summary>Called when the server cuts the connection.</summary>
    public Action? OnAbort { get; set; }

    public override IDuplexPipe Transport { get; set; } = null!;

    public override CancellationToken ConnectionClosed { get; set; }

    public override string ConnectionId
    {
        get => _id ??= Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        set => _id = value;
    }

    public override IFeatureCollection Features => _features;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new Dictionary<object, object?>();
        set => _items = value;
    }

    public override EndPoint? LocalEndPoint { get; set; } = endPoint;

    public override void Abort(ConnectionAbortedException abortReason) => Abort();

    public override void Abort()
    {
        if (OnAbort is { } abort) abort();
        else socket.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return base.DisposeAsync();
    }
}
