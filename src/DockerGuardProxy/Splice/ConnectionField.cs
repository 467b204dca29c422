namespace DockerGuardProxy.Splice;

/// <summary>Reads Connection fields.</summary>
internal static class ConnectionField
{
    /// <summary>
    /// The options of one value, between commas. Net/http also finds <c>close</c> in <c>keep-alive close</c> (header.go, hasToken); such a
    /// value is <see cref="ConnectionOptions.Other"/>.
    /// </summary>
    public static ConnectionOptions Read(ReadOnlySpan<byte> value)
    {
        var options = ConnectionOptions.None;
        foreach (var range in value.Split((byte)','))
        {
            var word = value[range].Trim(" \t"u8);
            options |= HeadBytes.Same(word, "keep-alive"u8) ? ConnectionOptions.KeepAlive
                : HeadBytes.Same(word, "close"u8) ? ConnectionOptions.Close
                : HeadBytes.Same(word, "upgrade"u8) ? ConnectionOptions.Upgrade
                : ConnectionOptions.Other;
        }

        return options;
    }
}
