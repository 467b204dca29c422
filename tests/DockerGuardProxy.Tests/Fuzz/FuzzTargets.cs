using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Splice;
using DockerGuardProxy.State;
using DockerGuardProxy.Text;
using Xunit;

namespace DockerGuardProxy.Tests.Fuzz;

/// <summary>All that reads bytes of strangers and has no input or output of its own, with what must hold whatever the bytes are.</summary>
internal static class FuzzTargets
{
    /// <summary>All of them. None throws for what its bytes are; each may hold more.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("request-head", RequestHead), new("answer-head", AnswerHead), new("chunks", Chunks), new("call", Call), new("form", Form),
        new("values", Values), new("configuration", Configuration), new("state", State), new("proc", Proc),
    ];

    /// <summary>Cut anywhere it is the same head.</summary>
    private static void RequestHead(byte[] bytes)
    {
        var whole = default(RequestScan);
        var expected = whole.Read(bytes);
        var cut = default(RequestScan);
        foreach (var end in Cuts(bytes))
        {
            var outcome = cut.Read(bytes.AsSpan(0, end));
            if (outcome == RequestOutcome.Incomplete && end < bytes.Length) continue;
            Assert.Equal(expected, outcome);
            if (outcome is not (RequestOutcome.Plain or RequestOutcome.OddBounded)) return;
            Assert.Equal(
                (whole.Length, whole.Method, whole.Target, whole.Framing.Kind, whole.Closes, whole.ExpectsContinue, whole.HasUpgrade),
                (cut.Length, cut.Method, cut.Target, cut.Framing.Kind, cut.Closes, cut.ExpectsContinue, cut.HasUpgrade));
            Assert.InRange(whole.Length, 1, bytes.Length);
            return;
        }
    }

    /// <summary>The same of an answer.</summary>
    private static void AnswerHead(byte[] bytes)
    {
        var method = bytes is [] or [(byte)'H', ..] ? "GET"u8 : "HEAD"u8;
        var whole = default(AnswerScan);
        var expected = whole.Read(bytes, method);
        var cut = default(AnswerScan);
        foreach (var end in Cuts(bytes))
        {
            var outcome = cut.Read(bytes.AsSpan(0, end), method);
            if (outcome == AnswerOutcome.Incomplete && end < bytes.Length) continue;
            Assert.Equal(
                (expected, whole.Length, whole.Status, whole.Framing.Kind, whole.Closes),
                (outcome, cut.Length, cut.Status, cut.Framing.Kind, cut.Closes));
            return;
        }
    }

    /// <summary>Cut anywhere it has the same end.</summary>
    private static void Chunks(byte[] bytes)
    {
        var whole = Framing.Chunked;
        var count = whole.Follow(bytes);
        Assert.True(count == bytes.Length || whole.IsComplete || whole.IsBroken);
        var cut = Framing.Chunked;
        var (taken, start) = (0, 0);
        foreach (var end in Cuts(bytes))
        {
            taken += cut.Follow(bytes.AsSpan(start, end - start));
            start = end;
            if (cut.IsComplete || cut.IsBroken) break;
        }

        Assert.Equal((count, whole.IsComplete, whole.IsBroken), (taken, cut.IsComplete, cut.IsBroken));
    }

    /// <summary>A line of method, of target, of Content-Type: what may end a container is never in the lane of what is not understood.</summary>
    private static void Call(byte[] bytes)
    {
        var (method, target, type) = Lines(bytes);
        var match = CallTable.Docker.Match(method, target);
        var (methodText, targetText) = (Encoding.Latin1.GetString(method), Encoding.Latin1.GetString(target));
        var ofText = CallTable.Docker.Match(methodText, targetText);
        if (match.Row is not null) Assert.Equal(ofText, match);
        var classified = CallClassifier.Classify(methodText, targetText, Encoding.Latin1.GetString(type), hasBody: true);
        if (classified.Kind != ClassificationKind.Passes) Assert.Equal((Lane.Http, Lane.Http), (match.Lane, ofText.Lane));
    }

    /// <summary>A line of target, of Content-Type, and a body: only a form that was asked for makes a call.</summary>
    private static void Form(byte[] bytes)
    {
        var (target, type, body) = Lines(bytes);
        var (targetText, typeText) = (Encoding.Latin1.GetString(target), Encoding.Latin1.GetString(type));
        var first = CallClassifier.Classify("POST", targetText, typeText, hasBody: true);
        var second = CallClassifier.ClassifyForm(targetText, typeText, body);
        Assert.NotEqual(ClassificationKind.NeedsBody, second.Kind);
        if (second.Kind == ClassificationKind.Call) Assert.NotEqual(ClassificationKind.Passes, first.Kind);
        if (first.Kind == ClassificationKind.Call) Assert.Equal(first.Call, second.Call);
        Assert.NotEqual(ClassificationKind.NeedsBody, CallClassifier.ClassifyBrokenForm(targetText, typeText).Kind);
    }

    /// <summary>Values of a query and of the configuration: what is written back is read as the same.</summary>
    private static void Values(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        _ = GoNumber.TryParse(text, out _);
        _ = SignalName.TryParse(text, out _);
        ApiVersion.Parse(bytes);
        if (Duration.TryParse(text, out var duration))
        {
            Assert.True(Duration.TryParse(Duration.Format(duration), out var again));
            Assert.Equal(duration, again);
        }

        if (ByteSize.TryParse(text, out var size))
        {
            Assert.True(ByteSize.TryParse(ByteSize.Format(size), out var again));
            Assert.Equal(size, again);
        }
    }

    /// <summary>Whatever is wrong is said, in words that can be put into a log.</summary>
    private static void Configuration(byte[] bytes)
    {
        var loaded = ConfigurationLoader.LoadAlone(bytes, "config.json");
        Assert.All(loaded.Errors, error => Assert.DoesNotContain(error.ToString(), char.IsControl));
        Assert.True(loaded.FileIsUsable || !loaded.IsValid);
    }

    /// <summary>A state that is taken is written so that it is read as the same.</summary>
    private static void State(byte[] bytes)
    {
        if (StateFile.Read(bytes).Document is not { } document) return;
        var written = StateFile.Fit(document).Bytes;
        Assert.Equal(written, StateFile.Fit(StateFile.Read(written).Document!).Bytes);
    }

    /// <summary>What the kernel says of a task, of which its owner has chosen parts: names are printable wherever they go from here.</summary>
    private static void Proc(byte[] bytes)
    {
        if (TaskStat.TryParse(bytes, out var stat)) Assert.DoesNotContain(stat.Comm, char.IsControl);
        _ = TaskSignals.TryParse(bytes, out _);
        CgroupPlace.Parse(bytes);
        Mount.ParseTable(bytes);
    }

    /// <summary>Some ends of pieces, the last of them the end; the same for the same bytes.</summary>
    private static IEnumerable<int> Cuts(byte[] bytes)
    {
        var random = new Random(bytes.Aggregate(bytes.Length, static (sum, value) => unchecked((sum * 31) + value)));
        for (var end = random.Next(1, 5); end < bytes.Length; end += random.Next(1, random.Next(2, 40))) yield return end;
        yield return bytes.Length;
    }

    private static (byte[] First, byte[] Second, byte[] Others) Lines(byte[] bytes)
    {
        var first = Array.IndexOf(bytes, (byte)'\n');
        if (first < 0) return (bytes, [], []);
        var second = Array.IndexOf(bytes, (byte)'\n', first + 1);
        return second < 0 ? (bytes[..first], bytes[(first + 1)..], []) : (bytes[..first], bytes[(first + 1)..second], bytes[(second + 1)..]);
    }
}
