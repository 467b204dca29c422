using System.Globalization;
using System.Text;
using DockerGuardProxy.Splice;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>What the scanner and the follower make of a stream: the calls up to the first that has no certain end.</summary>
/// <param name="Calls">The whole ones.</param>
/// <param name="End">What comes behind them.</param>
/// <param name="Length">How many bytes there are to be passed on: all, or up to the byte that broke a body.</param>
/// <param name="Fence">Where the last of the calls ends.</param>
internal sealed record ExpectedStream(IReadOnlyList<ExpectedCall> Calls, StreamEnd End, int Length, int Fence)
{
    /// <summary>Reads a stream.</summary>
    public static ExpectedStream Read(ReadOnlySpan<byte> stream)
    {
        var calls = new List<ExpectedCall>();
        for (var at = 0; at < stream.Length;)
        {
            var rest = stream[at..];
            var scan = default(RequestScan);
            var outcome = scan.Read(rest);
            if (outcome is not (RequestOutcome.Plain or RequestOutcome.OddBounded))
                return new(calls, outcome == RequestOutcome.Incomplete ? StreamEnd.InHead : StreamEnd.Odd, stream.Length, at);

            var framing = scan.Framing;
            var length = framing.Follow(rest[scan.Length..]);
            if (framing.IsBroken) return new(calls, StreamEnd.Broken, at + scan.Length + length, at);
            if (!framing.IsComplete) return new(calls, StreamEnd.InBody, stream.Length, at);

            at += scan.Length + length;
            var body = rest.Slice(scan.Length, length);
            calls.Add(new(
                Encoding.Latin1.GetString(rest[scan.Method]),
                Encoding.Latin1.GetString(rest[scan.Target]),
                framing.Kind == FramingKind.Chunked ? Data(body) : body.ToArray(),
                outcome == RequestOutcome.Plain,
                scan.Closes));
            if (scan.Closes) return new(calls, StreamEnd.Closed, stream.Length, at);
        }

        return new(calls, StreamEnd.Between, stream.Length, stream.Length);
    }

    /// <summary>The data of a chunked body that is well formed.</summary>
    private static byte[] Data(ReadOnlySpan<byte> body)
    {
        var data = new List<byte>();
        while (true)
        {
            var digits = 1;
            while (char.IsAsciiHexDigit((char)body[digits])) digits++;
            var size = int.Parse(body[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0) return [.. data];

            body = body[(body.IndexOf((byte)'\n') + 1)..];
            data.AddRange(body[..size]);
            body = body[(size + 2)..];
        }
    }
}
