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
            $"{settings.Streams:#,0} streams of `/events`, opened after one round that was closed again: growth of the process's RSS for each, in KB (direct: dockerd's own).");
        foreach (var peer in field.Peers)
        {
            Close(Open(peer.Socket, settings.Streams / 10));
            await Task.Delay(settings.Settle);
            var before = peer.Daemon.Rss();
            var streams = Open(peer.Socket, settings.Streams);
            await Task.Delay(settings.Settle);
            table.Add("memory of a stream, KB", peer.Name, (peer.Daemon.Rss() - before) / 1024.0 / settings.Streams);
            Close(streams);
            await Task.Delay(settings.Settle);
        }

        return table;
    }

    /// <summary>Plain sockets: a buffer for each stream here would be more than what is measured.</summary>
    private static List<Socket> Open(string path, int count)
    {
        var request = HttpConnection.Get("/events");
        var head = new byte[4096];
        List<Socket> streams = [];
        for (var i = 0; i < count; i++)
        {
            var socket = UnixSocket.Connect(path);
            socket.ReceiveTimeout = 60_000;
            socket.Send(request);
            var read = socket.Receive(head);
            if (!head.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException($"{path}: no stream of events");
            streams.Add(socket);
        }

        return streams;
    }

    private static void Close(List<Socket> streams) => streams.ForEach(stream => stream.Dispose());
}
