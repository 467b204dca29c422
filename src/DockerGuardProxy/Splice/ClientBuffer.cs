using System.Buffers;
using System.Net.Sockets;

namespace DockerGuardProxy.Splice;

/// <summary>What has come from a client and has not been passed on. It holds a block only while there is something in it.</summary>
internal sealed class ClientBuffer
{
    /// <summary>Bytes of the first block: a head.</summary>
    private const int Small = 4096;

    /// <summary>Bytes of a block while more comes than fits a small one: as many as a Unix socket holds by default, about.</summary>
    private const int Large = 128 * 1024;

    private byte[]? _block;
    private int _start;
    private int _end;
    private bool _wasFilled;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _block.AsSpan(_start.._end);

    /// <summary>The same.</summary>
    public ReadOnlyMemory<byte> Memory => _block.AsMemory(_start.._end);

    /// <summary>True if there are none.</summary>
    public bool IsEmpty => _block is null;

    /// <summary>Reads on; a socket of which it is known that something waits there does not keep the caller waiting.</summary>
    /// <returns>How many bytes have come; 0 at the end.</returns>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public async ValueTask<int> ReceiveAsync(Socket socket)
    {
        MakeRoom();
        int count;
        try
        {
            count = await socket.ReceiveAsync(_block.AsMemory(_end), SocketFlags.None);
        }
        catch
        {
            Release();
            throw;
        }

        _end += count;
        _wasFilled = _end == _block!.Length;
        Release();
        return count;
    }

    /// <summary>
    /// Receives until the body behind a head is here whole; for an input that has been ended, so that it is no more than a socket holds.
    /// </summary>
    /// <param name="socket">The client.</param>
    /// <param name="head">Bytes of the head, which is at the beginning.</param>
    /// <param name="framing">How the end of the body is told; nobody has followed it yet.</param>
    /// <returns>False if the input ends before the body does.</returns>
    public async ValueTask<bool> ReceiveBodyAsync(Socket socket, int head, Framing framing)
    {
        for (var followed = head; ;)
        {
            followed += framing.Follow(Bytes[followed..]);
            if (framing.IsComplete || framing.IsBroken) return true;
            if (await ReceiveAsync(socket) == 0) return false;
        }
    }

    /// <summary>Takes the first bytes out: they have been passed on.</summary>
    public void Consume(int count)
    {
        _start += count;
        Release();
    }

    /// <summary>Throws away what is left.</summary>
    public void Drop()
    {
        _start = _end;
        Release();
    }

    private void MakeRoom()
    {
        if (_block is null)
        {
            _block = ArrayPool<byte>.Shared.Rent(_wasFilled ? Large : Small);
            _start = _end = 0;
        }
        else if (_end == _block.Length)
        {
            // A head that goes on: rare, so that the copy is no matter.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_block.Length, 2 * (_end - _start)));
            _block.AsSpan(_start.._end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_block);
            (_block, _start, _end) = (larger, 0, _end - _start);
        }
    }

    private void Release()
    {
        if (_block is null || _start < _end) return;
        ArrayPool<byte>.Shared.Return(_block);
        _block = null;
    }
}
