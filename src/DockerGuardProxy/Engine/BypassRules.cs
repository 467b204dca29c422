using System.Collections.Immutable;
using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Engine;

/// <summary>
/// Tells by the engine's <c>kill</c> events whether somebody bypasses us. moby sends one for each signal that it has sent to a container's
/// init (<c>daemon/kill.go</c>, <c>killWithSignal</c>): for a stop and a restart the stop signal and then SIGKILL (or, where the first
/// failed, SIGKILL twice), for a kill its signal, for a forced removal SIGKILL. Its last resort after another 10 s, a kill(2) of its own,
/// gives none, nor do health checks, whose processes are no init. In doubt an event is explained: what is counted has surely not come through us.
/// </summary>
internal static class BypassRules
{
    /// <summary>
    /// How long an event may come after the answer of its call, and how old one may be that is judged at all: those that the engine tells anew
    /// after a gap may belong to calls that are forgotten.
    /// </summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long an unexplained event waits before it counts. An engine that ends signals its containers itself, up to 15 s before its own
    /// end (<c>--shutdown-timeout</c>); so does one that starts and finds some.
    /// </summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromSeconds(30);

    private const string Sigkill = "9";

    /// <summary>The events that a call of that kind explains; null where it lets the engine signal nobody.</summary>
    public static (int AnySignal, int Kills)? BudgetOf(ChangingCallKind kind) => kind switch
    {
        ChangingCallKind.Kill => (1, 0),
        ChangingCallKind.Stop or ChangingCallKind.Restart => (1, 1),
        ChangingCallKind.Remove => (0, 1),
        _ => null,
    };

    /// <summary>
    /// The calls after one of them has explained the event; null where none does. The oldest is taken first, and one whose container is not
    /// known last.
    /// </summary>
    public static ImmutableList<SentKill>? Explain(ImmutableList<SentKill> sent, string id, string? signal, TimeSpan now)
    {
        var isKill = signal == Sigkill;
        var best = sent
            .Where(call => (call.Id is null || call.Id == id) && !IsOver(call, now) && (call.AnySignal > 0 || isKill))
            .OrderBy(call => call.Id is null)
            .ThenBy(call => isKill && call.Kills == 0)
            .FirstOrDefault();
        if (best is null)
            return null;
        return sent.Replace(best, isKill && best.Kills > 0 ? best with { Kills = best.Kills - 1 } : best with { AnySignal = best.AnySignal - 1 });
    }

    /// <summary>True for a call that explains nothing any more.</summary>
    public static bool IsOver(SentKill call, TimeSpan now) =>
        (call.AnySignal == 0 && call.Kills == 0) || (call.EndedAt is { } ended && now > ended + Late);

    /// <summary>Those of the unexplained events that count by now: old enough, and the engine has lived on, for its events come.</summary>
    public static ImmutableList<Bypass> Proven(ImmutableList<Bypass> unexplained, bool eventsCome, TimeSpan now) =>
        eventsCome ? unexplained.FindAll(happened => now >= happened.At + Doubt) : [];
}
