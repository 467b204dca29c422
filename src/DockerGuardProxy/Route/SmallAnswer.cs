using DockerGuardProxy.Engine;

namespace DockerGuardProxy.Route;

/// <summary>Reads an answer that is small and says its length before its client has it: what moby answers to a creation is.</summary>
internal static class SmallAnswer
{
    /// <summary>Reads what comes: an answer that breaks off does so again for whoever reads on.</summary>
    /// <returns>What was read, which is still the client's, and whether that is all of it. Of any other answer nothing is read.</returns>
    public static async ValueTask<(ReadOnlyMemory<byte> Bytes, bool IsWhole)> ReadAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is not { } length || length > CreateAnswer.MaxLength) return default;

        var bytes = new byte[length];
        var count = 0;
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (count < length && await stream.ReadAsync(bytes.AsMemory(count), cancellationToken) is > 0 and var read) count += read;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // What has come goes to the client, and then it ends for it too.
        }

        return (bytes.AsMemory(0, count), count == length);
    }
}
