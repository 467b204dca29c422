using System.Net.Sockets;
using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>What a client costs that follows the engine's events while nothing happens.</summary>
internal static class IdleStreams
{
    public static async Task<Table> RunAsync(Field field, BenchSettings settings)
    {
        var table = Tables.OfPeers(
            "Idle streams",
            $"{settings.Streams:#,0} streams of `/events`, opened after one round that was closed again: growth of the process's RSS for each, in KB (direct: dockerd's own).",
            settings);
        foreach (var peer in field.Peers) table.Add("memory of a stream, KB", peer.Name, await MeasureAsync(peer, settings, isAfterStop: false));

        // In processes of their own: what the streams before took is not given back at once, and would be taken again.
        foreach (var (name, file) in Field.Builds(settings))
        {
            await using var proxy = await Field.StartAsync(field.Engine, file);
            var peer = new Peer(name, proxy.Socket, proxy.Daemon);
            table.Add("memory of a stream after a stop on its connection, KB", name, await MeasureAsync(peer, settings, isAfterStop: true));
        }

        return table;
    }

    private static async Task<double> MeasureAsync(Peer peer, BenchSettings settings, bool isAfterStop)
    {
        Close(Open(peer.Socket, settings.Streams / 10, isAfterStop));
        await Task.Delay(settings.Settle);
        var before = peer.Daemon.Rss();
        var streams = Open(peer.Socket, settings.Streams, isAfterStop);
        await Task.Delay(settings.Settle);
        var growth = (peer.Daemon.Rss() - before) / 1024.0 / settings.Streams;
        Close(streams);
        await Task.Delay(settings.Settle);
        return growth;
    }

    /// <summary>Plain sockets: a buffer for each stream here would be more than what is measured.</summary>
    private static List<Socket> Open(string path, int count, bool isAfterStop)
    {
        var request = HttpConnection.Get("/events");
        var head = new byte[4096];
        List<Socket> streams = [];
        for (var i = 0; i < count; i++)
        {
            var socket = UnixSocket.Connect(path);
            socket.ReceiveTimeout = 60_000;
            if (isAfterStop) Stop(socket, path, head);
            socket.Send(request);
            var read = socket.Receive(head);
            if (!head.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException($"{path}: no stream of events");
            streams.Add(socket);
        }

        return streams;
    }

    /// <summary>A stop of nobody, which the proxy has to understand: the engine answers 404.</summary>
    private static void Stop(Socket socket, string path, byte[] buffer)
    {
        socket.Send("POST /containers/nobody/stop HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n"u8);
        var count = 0;
        do
        {
            var received = socket.Receive(buffer.AsSpan(count), SocketFlags.None, out var error);
            if (received == 0) throw new InvalidOperationException($"{path}: the stop of nobody was not answered: {error}, after {count} bytes");
            count += received;
        }
        while (!buffer.AsSpan(0, count).TrimEnd((byte)'\n').EndsWith("}"u8));
        if (!buffer.AsSpan(0, count).StartsWith("HTTP/1.1 404"u8))
            throw new InvalidOperationException($"{path}: the stop of nobody was not answered by 404");
    }

    private static void Close(List<Socket> streams) => streams.ForEach(stream => stream.Dispose());
}
