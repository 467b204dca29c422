using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>One big file into a container and out of it.</summary>
internal static class Bulk
{
    private const int Rounds = 3;
    private const int BlockSize = 512;

    public static async Task<Table> RunAsync(Field field, BenchSettings settings)
    {
        var table = Tables.OfPeers("Bulk", $"`archive` of {settings.BulkBytes >> 20} MiB of zeros, in MiB/s.", settings);
        await field.Engine.Api.CreateAsync("bulk", ["true"]);
        var header = Header(settings.BulkBytes);
        var rounds = Math.Min(Rounds, settings.Rounds);
        var mebibytes = settings.BulkBytes / (double)(1 << 20);
        foreach (var peer in field.Interleaved(rounds)) table.Add("up", peer.Name, mebibytes / Time(() => Put(peer, header, settings.BulkBytes)));
        foreach (var peer in field.Interleaved(rounds)) table.Add("down", peer.Name, mebibytes / Time(() => Get(peer, settings.BulkBytes)));
        await field.Engine.Api.RemoveAsync("bulk");
        return table;
    }

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private static void Put(Peer peer, byte[] header, long size)
    {
        using var connection = new HttpConnection(peer.Socket);
        var length = header.Length + size + (2 * BlockSize);
        connection.Send(Encoding.ASCII.GetBytes(
            $"PUT /containers/bulk/archive?path=/root HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\nContent-Length: {length}\r\n\r\n"));
        connection.Send(header);
        var zeros = new byte[256 * 1024];
        for (var left = size + (2 * BlockSize); left > 0; left -= zeros.Length)
            connection.Send(zeros.AsSpan(0, (int)Math.Min(left, zeros.Length)));
        Check(connection.ReadHead(out _), peer);
    }

    private static void Get(Peer peer, long size)
    {
        using var connection = new HttpConnection(peer.Socket);
        connection.Send("GET /containers/bulk/archive?path=/root/zeros HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"u8);
        Check(connection.ReadHead(out _), peer);
        var count = connection.ReadToEnd();
        if (count < size) throw new InvalidOperationException($"{peer.Name}: {count} of {size} bytes");
    }

    private static void Check(int status, Peer peer)
    {
        if (status != 200) throw new InvalidOperationException($"{peer.Name}: status {status}");
    }

    /// <summary>The header of a file in a tar archive, whose content the caller sends.</summary>
    private static byte[] Header(long size)
    {
        // The writer pads what it is given; only its header, that of an empty file, is used, with the size put in (tar(5), ustar).
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "zeros"));
        var header = stream.ToArray()[..BlockSize];
        const int SizeAt = 124, SizeLength = 11, ChecksumAt = 148, ChecksumLength = 8;
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(SizeLength, '0')).CopyTo(header, SizeAt);
        header.AsSpan(ChecksumAt, ChecksumLength).Fill((byte)' ');
        var sum = header.Sum(value => value);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, ChecksumAt);
        return header;
    }
}
