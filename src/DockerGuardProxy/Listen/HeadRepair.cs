using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Lets heads through that the engine takes and Kestrel refuses: bytes above ASCII in the target; a Host that is no host
/// name (<c>%2Fvar%2Frun%2Fdocker.sock</c>, as clients write who put the socket's path into a URL); and an HTTP/1.0 POST without
/// a length (<c>printf 'POST /containers/x/stop HTTP/1.0\r\n\r\n' | nc -U</c>). What Kestrel would refuse is overwritten in the
/// buffer before Kestrel sees it and kept here, so that it goes to the engine as it came.
/// </summary>
/// <remarks>
/// Lines are looked at once each, when they are complete. Only the first segment of the input is: a head that starts with
/// more than 4 KB of target and has such bytes besides is answered by 400, as Kestrel has it.
/// </remarks>
internal sealed class HeadRepair
{
    private bool _requestLinePassed;

    /// <summary>True once heads are no longer repaired.</summary>
    public bool IsOff { get; set; }

    /// <summary>The method as it came, if Kestrel has another.</summary>
    public string? Method { get; private set; }

    /// <summary>The target as it came (Latin-1), if Kestrel has another.</summary>
    public string? Target { get; private set; }

    /// <summary>The value of Host as it came (Latin-1), if Kestrel has another.</summary>
    public string? Host { get; private set; }

    /// <summary>Forgets the last head.</summary>
    public void Reset()
    {
        _requestLinePassed = false;
        Method = null;
        Target = null;
        Host = null;
    }

    /// <summary>Looks at what has come of a head and overwrites what Kestrel would refuse.</summary>
    public void Apply(in ReadOnlySequence<byte> input)
    {
        if (IsOff) return;

        var rest = MemoryMarshal.AsMemory(input.First).Span;
        if (!_requestLinePassed)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0) return;

            _requestLinePassed = true;
            if (!Ascii.IsValid(rest[..end])) RepairTarget(rest[..end]);
            if (rest[..end].TrimEnd((byte)'\r').EndsWith(" HTTP/1.0"u8)) RepairMethod(rest[..end]);
            rest = rest[(end + 1)..];
        }

        while (true)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end <= 1) return;

            if ((rest[0] | 0x20) == 'h' && IsHost(rest[..end]))
            {
                RepairHost(rest[..end]);
                return;
            }

            rest = rest[(end + 1)..];
        }
    }

    /// <summary>Kestrel asks POST and PUT of HTTP/1.0 for a length, and nothing of methods it does not know.</summary>
    private void RepairMethod(Span<byte> line)
    {
        Method = line.StartsWith("POST "u8) ? "POST" : line.StartsWith("PUT "u8) ? "PUT" : null;
        if (Method is not null) line[0] = (byte)'X';
    }

    private void RepairTarget(Span<byte> line)
    {
        var start = line.IndexOf((byte)' ') + 1;
        var end = line.LastIndexOf((byte)' ');
        if (start == 0 || end <= start) return;

        var target = line[start..end];
        Target = Encoding.Latin1.GetString(target);
        foreach (ref var b in target)
        {
            if (b > 0x7F) b = (byte)'x';
        }
    }

    private void RepairHost(Span<byte> line)
    {
        var value = line["host:".Length..].Trim(" \t\r"u8);
        if (value.IsEmpty || IsPlainHost(value)) return;

        // net/http refuses this one by itself (httpguts.ValidHostHeader); so may Kestrel.
        if (value.IndexOfAny("/\\ \t\""u8) >= 0) return;

        Host = Encoding.Latin1.GetString(value);
        value.Fill((byte)'x');
    }

    private static bool IsHost(ReadOnlySpan<byte> line) => line.Length > 5 && Ascii.EqualsIgnoreCase(line[..5], "host:"u8);

    private static bool IsPlainHost(ReadOnlySpan<byte> value)
    {
        var name = value.TrimEnd("0123456789"u8);
        name = name.EndsWith(":"u8) && name.Length < value.Length ? name[..^1] : value;
        if (name.IsEmpty) return false;

        foreach (var b in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'.' or (byte)'-')) return false;
        }

        return true;
    }
}
