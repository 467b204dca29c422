using System.Text;
using DockerGuardProxy.Splice;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>Takes the answers of an engine apart, by the scanner of answers itself.</summary>
internal static class AnswerStream
{
    /// <summary>Reads all answers of a connection; null for one that has no call.</summary>
    /// <param name="bytes">The answers.</param>
    /// <param name="stream">What they answer, for the message of a failed test.</param>
    public static IReadOnlyList<SeenCall?> Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> stream)
    {
        var calls = new List<SeenCall?>();
        while (!bytes.IsEmpty)
        {
            // Only the engine knows which call this answers: its method stands in the answer.
            var end = bytes.IndexOf("\r\n\r\n"u8) + 4;
            var head = Encoding.Latin1.GetString(bytes[..Math.Max(end, 3)]);
            var scan = default(AnswerScan);
            var outcome = scan.Read(bytes, Encoding.Latin1.GetBytes(SeenCall.MethodIn(head)));
            if (outcome is not (AnswerOutcome.Interim or AnswerOutcome.Final) || scan.Length != end)
                throw new InvalidOperationException($"{outcome} in {Encoding.Latin1.GetString(bytes)} to {Encoding.Latin1.GetString(stream)}");

            var framing = scan.Framing;
            bytes = bytes[end..];
            bytes = bytes[framing.Follow(bytes)..];
            if (!framing.IsComplete && (framing.Kind != FramingKind.UntilClose || framing.IsBroken))
                throw new InvalidOperationException($"An answer has no end, to {Encoding.Latin1.GetString(stream)}");
            if (outcome == AnswerOutcome.Final) calls.Add(SeenCall.Read(head, scan.Closes));
        }

        return calls;
    }
}
