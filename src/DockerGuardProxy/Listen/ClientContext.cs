using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Listen;

/// <summary>
/// The connection as Kestrel's HTTP layer sees it: with a transport and an end of our own, and out of its reach once the raw pipes
/// have been taken over, because an abort would throw away what is still to be sent.
/// </summary>
/// <param name="connection">The accepted connection.</param>
/// <param name="transport">What the HTTP layer reads and writes.</param>
/// <param name="gone">Fires when the client can read no more.</param>
internal sealed class ClientContext(ConnectionContext connection, IDuplexPipe transport, CancellationToken gone) : ConnectionContext
{
    private readonly ClientTransport? _transport = transport as ClientTransport;

    public override IDuplexPipe Transport { get; set; } = transport;

    public override CancellationToken ConnectionClosed { get; set; } = gone;

    public override string ConnectionId
    {
        get => connection.ConnectionId;
        set => connection.ConnectionId = value;
    }

    public override IFeatureCollection Features => connection.Features;

    public override IDictionary<object, object?> Items
    {
        get => connection.Items;
        set => connection.Items = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => connection.LocalEndPoint;
        set => connection.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => connection.RemoteEndPoint;
        set => connection.RemoteEndPoint = value;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (_transport is not { IsTaken: true }) connection.Abort(abortReason);
    }

    public override void Abort()
    {
        if (_transport is not { IsTaken: true }) connection.Abort();
    }
}
