using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Wire;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>Makes the calls of one client through the proxy, on a connection that is kept, and has each judged.</summary>
internal sealed class Caller(Site site, string name) : IDisposable
{
    /// <summary>The longest that a client waits. No call on a healthy container takes so long, whatever the chaos.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Until a SIGKILL must be with the engine. It takes a millisecond; the rest is for a machine that all of this shares.</summary>
    private static readonly TimeSpan KillBound = TimeSpan.FromSeconds(5);

    private const int MostMessage = 300;

    private static readonly Invariant[] OfEachCall =
        [Invariant.FailuresExplained, Invariant.AnswerIsTheEngines, Invariant.NotDelayed, Invariant.HealthyNotRefused];

    private HttpWire? _wire;
    private int _epoch;
    private TimeSpan _since = Clock.Now;

    /// <summary>Engine and client, for texts.</summary>
    public string Where => $"{site.Name} {name}";

    /// <summary>From here on, what is done rests on nothing that was before: older chaos explains no failure.</summary>
    public void Begin() => _since = Clock.Now;

    /// <summary>What may be noticed of the chaos there was since <see cref="Begin"/>.</summary>
    public Chaos.Trouble Trouble => site.Chaos.Between(_since, Clock.Now);

    /// <summary>A call with JSON, or without a body.</summary>
    /// <returns>An answer of one of the expected statuses.</returns>
    /// <exception cref="LostScenarioException">Anything else came of it.</exception>
    public Task<Answer> CallAsync(string method, string path, object? json = null, params int[] expected) =>
        SendAsync(method, path, json is null ? default : JsonSerializer.SerializeToUtf8Bytes(json), "application/json", expected);

    /// <summary>The same with any body.</summary>
    public async Task<Answer> SendAsync(string method, string path, ReadOnlyMemory<byte> body, string contentType, params int[] expected)
    {
        var outcome = await TryAsync(method, path, Patience, body, contentType);
        Note(method, path, expected, outcome);
        return outcome.Answer is { } answer && expected.Contains(answer.Status) ? answer : throw new LostScenarioException();
    }

    /// <summary>A call that ends a container's run: after a good answer it must not run.</summary>
    public async Task<Answer> EndAsync(string method, string path, string id, params int[] expected)
    {
        var outcome = await TryAsync(method, path, Patience, default, "application/json");
        Note(method, path, expected, outcome);
        if (path.Contains("/kill", StringComparison.Ordinal)) NoteKill(path, outcome);
        if (outcome.IsGood) await Ends.LookAsync(site, Where, $"{method} {path}: {outcome.Status}", id);
        return outcome.Answer is { } answer && expected.Contains(answer.Status) ? answer : throw new LostScenarioException();
    }

    /// <summary>A call that becomes a stream.</summary>
    /// <exception cref="LostScenarioException">It did not become one.</exception>
    public async Task<HttpWire> OpenAsync(string method, string path, object? json = null)
    {
        await site.Pace.TakeAsync();
        var token = site.NextToken();
        var sent = Clock.Now;
        using var limit = new CancellationTokenSource(Patience);
        HttpWire? wire = null;
        Answer? refused = null;
        var (end, message) = (CallEnd.Answered, "");
        try
        {
            wire = await HttpWire.ConnectAsync(site.Proxy.Socket);
            var body = json is null ? [] : JsonSerializer.SerializeToUtf8Bytes(json);
            if (await wire.OpenAsync(method, TokenScan.Mark(path, token), body, answer => refused = answer, limit.Token))
            {
                site.Tally.Call();
                return wire;
            }

            message = Cut(refused!.Text);
        }
        catch (Exception e) when (IsBroken(e))
        {
            (end, message) = (EndOf(e), e.Message);
        }

        wire?.Dispose();
        Note(method, path, [101, 200], new CallOutcome(token, end, refused, message, sent, Clock.Now));
        throw new LostScenarioException();
    }

    /// <summary>A call that nobody has judged yet.</summary>
    public async Task<CallOutcome> TryAsync(
        string method, string path, TimeSpan patience, ReadOnlyMemory<byte> body = default, string contentType = "application/json")
    {
        await site.Pace.TakeAsync();
        var token = site.NextToken();
        var sent = Clock.Now;
        using var limit = new CancellationTokenSource(patience);
        try
        {
            if (_wire is { IsIdle: false } || _epoch != site.Epoch) Drop();
            _epoch = site.Epoch;
            _wire ??= await HttpWire.ConnectAsync(site.Proxy.Socket);
            var answer = await _wire.ExchangeAsync(method, TokenScan.Mark(path, token), body, contentType, limit.Token);
            return new CallOutcome(token, CallEnd.Answered, answer, answer.Status < 400 ? "" : Cut(answer.Text), sent, Clock.Now);
        }
        catch (Exception e) when (IsBroken(e))
        {
            Drop();
            return new CallOutcome(token, EndOf(e), null, e.Message, sent, Clock.Now);
        }
    }

    /// <summary>What a stream brings, to its end.</summary>
    /// <exception cref="LostScenarioException">It has not ended in time.</exception>
    public async Task<byte[]> RestAsync(HttpWire stream, string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return await stream.RestAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            site.Findings.Break(Invariant.NotDelayed, Where, $"{what} has not ended within {Patience.TotalSeconds:0} s");
            throw new LostScenarioException();
        }
    }

    /// <summary>Looks whether what came is what was meant for this client; whatever the chaos.</summary>
    /// <exception cref="LostScenarioException">It is not the same.</exception>
    public void Compare(string expected, string? came, string what) =>
        Compare(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(came ?? "(nothing)"), what);

    /// <inheritdoc cref="Compare(string, string?, string)"/>
    public void Compare(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> came, string what)
    {
        if (came.SequenceEqual(expected))
        {
            site.Findings.Hold(Invariant.BytesWhole);
            return;
        }

        var common = came.CommonPrefixLength(expected);
        site.Findings.Break(
            Invariant.BytesWhole, Where, $"{what}: {came.Length} bytes for {expected.Length}, the same up to {common}: "
            + $"expected \"{Excerpt(expected, common)}\", came \"{Excerpt(came, common)}\"");
        throw new LostScenarioException();
    }

    /// <summary>
    /// The same of lines that a program wrote. A connection that chaos cuts brings fewer of them, and an engine that dies loses what it held; but
    /// never does it bring other ones.
    /// </summary>
    public void CompareLines(byte[] expected, byte[] came, string what)
    {
        var isCut = Trouble != Chaos.Trouble.None && came.Length < expected.Length
            && (expected.AsSpan().StartsWith(came) || (Trouble.HasFlag(Chaos.Trouble.EngineAway) && AreAmong(expected, came)));
        if (!isCut)
        {
            Compare(expected, came, what);
            return;
        }

        site.Findings.Hold(Invariant.BytesWhole);
        site.Tally.Allow();
        throw new LostScenarioException();
    }

    /// <summary>Looks whether a container is as its client left it, which chaos at its engine may have changed.</summary>
    public void Expect(string expected, string? came, string what)
    {
        if (expected != came && (Trouble & (Chaos.Trouble.EngineAway | Chaos.Trouble.EngineSlow)) != 0)
        {
            site.Tally.Allow();
            throw new LostScenarioException();
        }

        Compare(expected, came, what);
    }

    public void Dispose() => Drop();

    private void Note(string method, string path, int[] expected, CallOutcome outcome)
    {
        site.Tally.Call();
        var seen = site.Relay.Seen.Find(outcome.Token);
        if (method == "GET") site.Relay.Seen.Forget(outcome.Token);
        var trouble = site.Chaos.Between(_since, outcome.EndedAt);
        var took = outcome.EndedAt - outcome.SentAt;
        var call = new CallFact(
            method, expected, outcome.End, outcome.Status, outcome.Answer?.Decision, outcome.Message, took, seen, Lag(outcome), trouble);
        if (trouble == Chaos.Trouble.None) site.Tally.Time(took, seen?.AnsweredAt - seen?.SeenAt, $"{name}: {method} {path}");
        var judgement = Judge.Of(call);
        foreach (var invariant in OfEachCall)
        {
            if (judgement.As != JudgedAs.Broken || judgement.Invariant != invariant) site.Findings.Hold(invariant);
        }

        switch (judgement.As)
        {
            case JudgedAs.AllowedFailure:
                site.Tally.Allow();
                break;
            case JudgedAs.EnginesOwnError:
                site.Tally.EngineError($"{name.Split('-')[0]} {method} {path.Split('?')[0].Split('/')[^1]}: {judgement.Text}");
                // With its time, to be looked up among what was done.
                Console.WriteLine($"{Clock.Now.TotalSeconds:0.0} s, {Where}: the engine's own: {method} {path}: {judgement.Text}; trouble: {trouble}");
                break;
            case JudgedAs.Broken:
                site.Findings.Break(judgement.Invariant, Where, $"{method} {path}: {judgement.Text}");
                break;
        }
    }

    private void NoteKill(string path, CallOutcome outcome)
    {
        if (site.Relay.Seen.Find(outcome.Token) is not { } seen || Trouble != Chaos.Trouble.None) return;
        var way = seen.SeenAt - outcome.SentAt;
        site.Tally.Kill(way);
        site.Findings.Look(
            Invariant.KillNotDelayed, way <= KillBound + (Judge.Lags * Lag(outcome)), Where,
            $"{path} was with the engine after {way.TotalSeconds:0.000} s");
    }

    private TimeSpan Lag(CallOutcome outcome) => site.Lag.Between(outcome.SentAt, outcome.EndedAt);

    private void Drop()
    {
        _wire?.Dispose();
        _wire = null;
    }

    private static bool IsBroken(Exception e) => e is IOException or SocketException or OperationCanceledException or FormatException;

    private static CallEnd EndOf(Exception e) => e is OperationCanceledException ? CallEnd.Silent : CallEnd.Broken;

    private static string Cut(string text) => (text.Length > MostMessage ? text[..MostMessage] : text).ReplaceLineEndings(" ").Trim();

    // The last line may be cut.
    private static bool AreAmong(byte[] expected, byte[] came)
    {
        var lines = Encoding.ASCII.GetString(expected).Split('\n').ToHashSet();
        return Encoding.ASCII.GetString(came).Split('\n')[..^1].All(lines.Contains);
    }

    private static string Excerpt(ReadOnlySpan<byte> bytes, int at) =>
        Encoding.ASCII.GetString(bytes[Math.Max(0, at - 20)..Math.Min(bytes.Length, at + 60)]).ReplaceLineEndings("\\n");
}
