using System.Net;
using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class ArrivingConnectionsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_counts_from_its_acceptance_to_its_begin()
    {
        var transport = new Transport();
        var arriving = new ArrivingConnections(transport);
        await using var listener = await arriving.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancellation);
        var accepting = listener.AcceptAsync(Cancellation);
        Assert.False(arriving.Any);

        transport.Next.SetResult(new DefaultConnectionContext());
        Assert.NotNull(await accepting);
        Assert.True(arriving.Any);

        arriving.OnBegun();
        Assert.False(arriving.Any);
    }

    [Fact]
    public async Task The_end_of_listening_is_no_connection()
    {
        var transport = new Transport();
        var arriving = new ArrivingConnections(transport);
        await using var listener = await arriving.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancellation);
        transport.Next.SetResult(null);
        Assert.Null(await listener.AcceptAsync(Cancellation));
        Assert.False(arriving.Any);
    }

    private sealed class Transport : IConnectionListenerFactory, IConnectionListener
    {
        public TaskCompletionSource<ConnectionContext?> Next { get; } = new();

        public EndPoint EndPoint => new IPEndPoint(IPAddress.Loopback, 1);

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(Next.Task);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }
}
