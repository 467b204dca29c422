using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Fuzz;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>
/// That no spelling of a call in HTTP/2 takes one to the engine that ends a container and that the guard has not counted; see
/// <see cref="NoWayRoundTests"/>.
/// </summary>
public sealed class NoWayRoundInHttp2Tests
{
    private static readonly int Connections = Machine.LongForm ? 20_000 : 500;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_engine_never_sees_more_than_the_guard_has_counted()
    {
        using var engine = await GoEngine.StartAsync("1.24", "h2c");
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, engine.SocketPath + ".pid");
        using var admin = new EngineApi(proxy.AdminSocket);
        var (ended, counted, answered) = (0, 0, 0);
        for (var number = 0; number < Connections; number++)
        {
            var (bytes, calls) = FuzzedConnection.Make(number);
            answered += await ExchangeAsync(proxy.Socket, bytes, calls);
            ended = engine.Ended();

            // A call is counted when it is done with, which may be a moment after its caller has the answer.
            for (var round = 0; round < 200 && (round == 0 || ended > counted); round++) counted = await NoWayRoundTests.CountedAsync(admin);
            Assert.True(ended <= counted, $"Connection {number}: {ended} ended, {counted} counted\n{Encoding.Latin1.GetString(bytes)}");
        }

        Figures.Record(
            $"{Connections} connections in HTTP/2: calls answered, that ended a container at the engine, that the guard has counted",
            $"{answered}, {ended}, {counted}");
        Assert.True(ended > Connections / 10, "too few calls that end a container");
    }

    /// <summary>Sends it all, and reads until each call has ended, or the connection.</summary>
    /// <returns>How many calls have ended.</returns>
    private static async Task<int> ExchangeAsync(string path, byte[] bytes, int calls)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await using var stream = new NetworkStream(socket);
        using var limit = new CancellationTokenSource(Limit);
        var ended = new HashSet<int>();
        try
        {
            await stream.WriteAsync(bytes, limit.Token);
            var header = new byte[9];
            while (ended.Count < calls)
            {
                await stream.ReadExactlyAsync(header, limit.Token);
                await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]], limit.Token);
                var isEnd = header[3] == Http2Frames.RstStream
                    || (header[3] is Http2Frames.Data or Http2Frames.Headers && (header[4] & Http2Frames.EndStream) != 0);
                if (isEnd) ended.Add(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)));
            }
        }
        catch (IOException)
        {
            // It refuses something by ending the connection.
        }

        return ended.Count;
    }
}
