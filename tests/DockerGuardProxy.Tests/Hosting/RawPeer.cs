using System.Globalization;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>One end of a connection, seen as bytes. Text is Latin-1. Whatever does not come in time fails the test.</summary>
internal sealed class RawPeer(Socket socket) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private string _read = "";

    public static async Task<RawPeer> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        return new RawPeer(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = NewLimit();
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, limit.Token)..];
    }

    /// <summary>Sends to a peer that may have closed already.</summary>
    public async Task TrySendAsync(string text)
    {
        try
        {
            await SendAsync(text);
        }
        catch (SocketException)
        {
            // It has.
        }
    }

    /// <summary>True while nothing that has come is unread.</summary>
    public bool IsSilent => _read.Length == 0 && !socket.Poll(0, SelectMode.SelectRead);

    /// <summary>True once the other side has closed the connection, not only ended what it sends.</summary>
    public bool IsClosed => PeerState.IsGone(socket);

    /// <summary>Ends the sending side.</summary>
    public void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>A head with its empty line.</summary>
    public Task<string> HeadAsync() => ThroughAsync("\r\n\r\n");

    /// <summary>Everything up to and with <paramref name="mark"/>.</summary>
    public async Task<string> ThroughAsync(string mark)
    {
        int end;
        while ((end = _read.IndexOf(mark, StringComparison.Ordinal)) < 0)
            Assert.True(await FillAsync(), $"Closed before {mark.Trim()}: {_read}");
        return Take(end + mark.Length);
    }

    /// <summary>So many bytes.</summary>
    public async Task<string> TextAsync(int count)
    {
        while (_read.Length < count) Assert.True(await FillAsync(), $"Closed after: {_read}");
        return Take(count);
    }

    /// <summary>What one system call reads.</summary>
    public async Task<string> PieceAsync()
    {
        await FillAsync();
        return Take(_read.Length);
    }

    /// <summary>A body in chunks, put together.</summary>
    public async Task<string> ChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var size = int.Parse((await ThroughAsync("\r\n")).AsSpan()[..^2], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(await TextAsync(size));
            await ThroughAsync("\r\n");
            if (size == 0) return body.ToString();
        }
    }

    /// <summary>Everything up to the end of the other side's sending.</summary>
    public async Task<string> RestAsync()
    {
        while (await FillAsync())
        {
        }

        return Take(_read.Length);
    }

    /// <summary>An answer with its length, or without body.</summary>
    public async Task<(string Head, string Body)> AnswerAsync()
    {
        var head = await HeadAsync();
        const string name = "\r\nContent-Length: ";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        var body = at < 0 ? "" : await TextAsync(int.Parse(head[(at + name.Length)..].Split('\r')[0], CultureInfo.InvariantCulture));
        return (head, body);
    }

    public void Dispose() => socket.Dispose();

    private static CancellationTokenSource NewLimit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        return limit;
    }

    private async Task<bool> FillAsync()
    {
        using var limit = NewLimit();
        int count;
        try
        {
            count = await socket.ReceiveAsync(_buffer, SocketFlags.None, limit.Token);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with bytes of ours unread.
            count = 0;
        }

        _read += Encoding.Latin1.GetString(_buffer, 0, count);
        return count > 0;
    }

    private string Take(int count)
    {
        var text = _read[..count];
        _read = _read[count..];
        return text;
    }
}
