namespace DockerGuardProxy.Splice;

/// <summary>
/// A field of a head: a token, directly followed by a colon and a value (RFC 9112 5). A folded line is none: it begins with a blank.
/// </summary>
internal readonly ref struct FieldLine
{
    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    /// <summary>The name as it came.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The value without the blanks around it.</summary>
    public required ReadOnlySpan<byte> Value { get; init; }

    /// <summary>Reads a line; the bytes of the value are not judged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out FieldLine field)
    {
        field = default;
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || !HeadBytes.IsToken(line[..colon])) return false;

        var value = line[(colon + 1)..].TrimStart(Blanks);
        field = new FieldLine { Name = line[..colon], Value = value.TrimEnd(Blanks) };
        return true;
    }

    /// <summary>True if the name is this one.</summary>
    public bool Is(ReadOnlySpan<byte> name) => HeadBytes.Same(Name, name);

    /// <summary>The value as a length: 1 to 18 plain digits, which no reader can take for another number.</summary>
    public bool TryGetLength(out long length)
    {
        length = 0;
        if (Value.Length is 0 or > 18) return false;

        foreach (var digit in Value)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;

            length = (length * 10) + (digit - '0');
        }

        return true;
    }
}
