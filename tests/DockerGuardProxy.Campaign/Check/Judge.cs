using System.Globalization;
using DockerGuardProxy.Campaign.Chaos;

namespace DockerGuardProxy.Campaign.Check;

/// <summary>What is to be thought of a call.</summary>
internal enum JudgedAs
{
    /// <summary>As expected.</summary>
    Good,

    /// <summary>It failed, and the present chaos explains that.</summary>
    AllowedFailure,

    /// <summary>The engine itself answered so, without any chaos: not the proxy's doing.</summary>
    EnginesOwnError,

    /// <summary>Something that must not be.</summary>
    Broken,
}

/// <summary>A judgement.</summary>
/// <param name="As">What is to be thought of it.</param>
/// <param name="Invariant">Of what is broken: what.</param>
/// <param name="Text">Of what is broken: how.</param>
internal sealed record Judgement(JudgedAs As, Invariant Invariant = default, string Text = "")
{
    /// <summary>As expected.</summary>
    public static Judgement Good { get; } = new(JudgedAs.Good);

    /// <summary>Explained by chaos.</summary>
    public static Judgement Allowed { get; } = new(JudgedAs.AllowedFailure);
}

/// <summary>Judges a call on a container that no chaos is about; pure.</summary>
internal static class Judge
{
    /// <summary>
    /// The most that the proxy may add to an answer of the engine. It adds a millisecond; the rest is for a machine whose processors all of
    /// this shares. Where the machine itself is late, <see cref="Lags"/> times that come on top.
    /// </summary>
    public static readonly TimeSpan MostAdded = TimeSpan.FromSeconds(5);

    /// <summary>The same while the proxy is away for a moment, or short of descriptors: callers wait in its backlog.</summary>
    public static readonly TimeSpan MostAddedInTrouble = TimeSpan.FromSeconds(30);

    /// <summary>How often the way of a call waits for a processor.</summary>
    public const int Lags = 8;

    /// <summary>Judges it.</summary>
    public static Judgement Of(CallFact call)
    {
        var engineAway = call.Trouble.HasFlag(Trouble.EngineAway);
        var proxyAway = call.Trouble.HasFlag(Trouble.ProxyAway);
        var noDescriptors = call.Trouble.HasFlag(Trouble.NoDescriptors);
        switch (call.End)
        {
            case CallEnd.Silent:
                return Broken(Invariant.NotDelayed, $"no answer within {Seconds(call.Took)}; {Whereabouts(call)}");
            case CallEnd.Broken when engineAway || proxyAway || noDescriptors:
                return Judgement.Allowed;
            case CallEnd.Broken:
                return Broken(Invariant.FailuresExplained, $"{call.Message}; {Whereabouts(call)}");
        }

        // 1. An answer of the proxy's own.
        if (call.Decision is not null)
        {
            var askAgain = call.Status == 503 && call.Message.Contains("ask again", StringComparison.Ordinal);
            return askAgain && proxyAway ? Judgement.Allowed : Broken(Invariant.HealthyNotRefused, $"{call.Status} {call.Decision}: {call.Message}");
        }

        if (call.Status == 502)
            return engineAway || noDescriptors ? Judgement.Allowed : Broken(Invariant.FailuresExplained, $"502: {call.Message}; {Whereabouts(call)}");

        // 2. The engine's.
        if (call.Seen is { Status: > 0 } seen && seen.Status != call.Status)
            return Broken(Invariant.AnswerIsTheEngines, $"{call.Status}, and the engine's was {seen.Status}");
        if (!call.Expected.Contains(call.Status))
        {
            if (IsOfPartOfABody(call)) return Broken(Invariant.BytesWhole, $"the engine has read a part of its body: {call.Message}");
            if (engineAway || call.Trouble.HasFlag(Trouble.EngineSlow)) return Judgement.Allowed;
            return call.Seen is { Status: > 0 }
                ? new Judgement(JudgedAs.EnginesOwnError, Text: $"{call.Status}: {call.Message}")
                : Broken(Invariant.AnswerIsTheEngines, $"{call.Status}: {call.Message}; {Whereabouts(call)}");
        }

        return Added(call) is { } late ? late : Judgement.Good;
    }

    /// <summary>
    /// Every caller here sends its body whole: an engine that has read the end of one inside it (moby httputils.ReadJSON) was not given all of it.
    /// </summary>
    private static bool IsOfPartOfABody(CallFact call) => call.Status == 400 && call.Message.Contains("EOF", StringComparison.Ordinal);

    private static Judgement? Added(CallFact call)
    {
        // A lock that hangs, in an engine that does, is waited for directly too.
        if ((call.Trouble & (Trouble.EngineAway | Trouble.EngineSlow)) != 0 || call.Seen is not { AnsweredAt: { } answered } seen)
            return null;
        var added = call.Took - (answered - seen.SeenAt);
        var most = (call.Trouble == Trouble.None ? MostAdded : MostAddedInTrouble) + (Lags * call.Lag);
        return added <= most ? null : Broken(
            Invariant.NotDelayed, $"answered after {Seconds(call.Took)}, {Seconds(added)} more than the engine took; {Whereabouts(call)}");
    }

    private static Judgement Broken(Invariant invariant, string text) => new(JudgedAs.Broken, invariant, text);

    private static string Whereabouts(CallFact call) => call.Seen switch
    {
        null => "not sent to the engine",
        { AnsweredAt: null } => "with the engine, which has not answered",
        { AnsweredAt: { } answered } seen => $"answered by the engine with {seen.Status} after {Seconds(answered - seen.SeenAt)}",
    };

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";
}
