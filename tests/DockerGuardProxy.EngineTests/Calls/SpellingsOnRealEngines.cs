using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DockerGuardProxy.Calls;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.Tests.Calls;
using Xunit;

namespace DockerGuardProxy.EngineTests.Calls;

/// <summary>
/// Sends every odd spelling to a real engine. What the engine does to the container, as its events tell it, is what the table
/// says, and what the classifier says with the engine's API versions known.
/// </summary>
public sealed class SpellingsOnRealEngines(ITestOutputHelper output)
{
    // Long enough for an engine to answer what it does at once, and for its container's StopTimeout.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // A SIGKILL that is due later than this must not have come within it.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1.5);

    [Theory]
    [InlineData(Dockerd.Leaky)]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Newer)]
    [InlineData(Dockerd.Newest)]
    public async Task An_engine_does_what_the_classifier_sees(string version)
    {
        await using var engine = await Dockerd.StartAsync(version);
        var about = await engine.Api.GetAsync("/version");
        Assert.True(ApiVersion.TryParse(about.GetProperty("MinAPIVersion").GetString(), out var min));
        Assert.True(ApiVersion.TryParse(about.GetProperty("ApiVersion").GetString(), out var max));
        var range = new ApiRange(min, max);

        var clock = Stopwatch.StartNew();
        var wrong = new List<string>();
        var id = "";
        var fresh = false;
        foreach (var row in Spellings.All)
        {
            if (!fresh)
            {
                await engine.Api.RemoveAsync(Spelling.Container);
                // The init of a PID namespace ignores every signal without a handler but SIGKILL.
                id = await engine.Api.RunAsync(Spelling.Container, ["sleep", "1000000"], new() { ["StopTimeout"] = 1 });
            }

            var table = max >= ApiVersion.StopSignals ? row.Newer : row.Older;
            var taken = row.NothingBy.Contains(version) ? null : table;
            var seen = Decide(row, range);
            var done = await DoAsync(engine, id, row, taken);
            fresh = done == "nothing";
            if (done != Describe(taken) || seen != table)
            {
                wrong.Add($"{row.Label}: engine {done}, table {Describe(taken)}, classifier {seen?.ToString() ?? "passes"}");
            }
        }

        output.WriteLine($"{version}: {Spellings.All.Count} spellings, {clock.Elapsed.TotalSeconds:f0} s");
        Assert.Empty(wrong);
    }

    private static TerminatingCall? Decide(Spelling row, ApiRange range)
    {
        var first = CallClassifier.Classify(row.Method, row.RawTarget, row.ContentType, !string.IsNullOrEmpty(row.Body), range);
        return first.Kind == ClassificationKind.NeedsBody
            ? CallClassifier.ClassifyForm(row.RawTarget, row.ContentType, Encoding.Latin1.GetBytes(row.Body!), range).Call
            : first.Call;
    }

    /// <summary>What the engine's events look like for a call.</summary>
    private static string Describe(TerminatingCall? call) => call switch
    {
        null => "nothing",
        { Operation: Operation.Kill or Operation.Remove } => call.Operation.ToString(),
        _ => $"{call.Operation} by {call.Signal ?? "TERM"}{(IsLate(call.Grace) ? ", late" : "")}",
    };

    private static bool IsLate(Grace grace) => grace.Kind == GraceKind.Never || grace.Delay > Patience;

    private static async Task<string> DoAsync(Dockerd engine, string id, Spelling row, TerminatingCall? taken)
    {
        var since = Now();
        var late = taken is not null && IsLate(taken.Grace);
        var call = RawCall.SendAsync(engine.Socket, row.Method, row.RawTarget, row.ContentType, row.Body, Patience);
        if (late)
        {
            await Task.WhenAny(call, Task.Delay(Short));
        }
        else
        {
            await call;
        }

        late = !call.IsCompleted;
        if (late)
        {
            // Ends the call as well.
            await engine.Api.PostAsync($"/containers/{id}/kill");
            await call;
        }

        var events = await EventsAsync(engine, id, since);
        var signal = events.Where(e => e.Action == "kill").Select(e => e.Signal).FirstOrDefault();
        // `die` may come after the answer (26.1.5); the others never do.
        var did = events.Select(e => e.Action).ToHashSet();
        return did.Contains("destroy") ? nameof(Operation.Remove)
            : did.Contains("restart") ? $"{nameof(Operation.Restart)} by {signal}{(late ? ", late" : "")}"
            : did.Contains("stop") ? $"{nameof(Operation.Stop)} by {signal}{(late ? ", late" : "")}"
            : signal == SignalName.Kill ? nameof(Operation.Kill)
            : did.Contains("die") ? "died by itself"
            : "nothing";
    }

    /// <summary>Seconds and nanoseconds, as <c>/events</c> wants them; the engine's clock is ours.</summary>
    private static string Now()
    {
        var ticks = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond * 100:d9}");
    }

    /// <summary>The events of the container since a time.</summary>
    private static async Task<List<(string Action, string? Signal)>> EventsAsync(Dockerd engine, string id, string since)
    {
        var filters = Uri.EscapeDataString($$"""{"type":["container"],"container":["{{id}}"]}""");
        var text = await engine.Api.GetTextAsync($"/events?since={since}&until={Now()}&filters={filters}");
        var events = new List<(string, string?)>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var signal = root.GetProperty("Actor").GetProperty("Attributes").TryGetProperty("signal", out var number)
                ? SignalName.Of(long.Parse(number.GetString()!, CultureInfo.InvariantCulture))
                : null;
            events.Add((root.GetProperty("Action").GetString()!, signal));
        }

        return events;
    }
}
