using System.Buffers.Binary;

namespace DockerGuardProxy.Campaign.Wire;

/// <summary>What attach, exec and logs without a terminal send: frames of a stream's number, three zeros and a length (moby pkg/stdcopy).</summary>
internal static class Multiplexed
{
    private const int Head = 8;

    /// <summary>What standard output brought. The last frame may be cut.</summary>
    /// <exception cref="InvalidDataException">A frame does not begin as one does: bytes are missing or are somebody else's.</exception>
    public static byte[] Output(ReadOnlySpan<byte> framed)
    {
        using var output = new MemoryStream();
        while (framed.Length >= Head)
        {
            if (framed[0] > 2 || framed[1] != 0 || framed[2] != 0 || framed[3] != 0)
                throw new InvalidDataException($"no frame: {Convert.ToHexString(framed[..Head])}");
            var length = BinaryPrimitives.ReadInt32BigEndian(framed[4..]);
            var taken = Math.Min(length, framed.Length - Head);
            if (framed[0] == 1) output.Write(framed.Slice(Head, taken));
            framed = framed[(Head + taken)..];
        }

        return output.ToArray();
    }
}
