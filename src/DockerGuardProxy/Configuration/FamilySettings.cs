using System.Collections.Immutable;
using DockerGuardProxy.Guard;
using static DockerGuardProxy.Configuration.ValueKinds;

namespace DockerGuardProxy.Configuration;

/// <summary>The part of <see cref="Settings"/> that is about the families beside the terminating calls.</summary>
internal static class FamilySettings
{
    private const string AsTheGuard = "Left out, it is the guard's.";

    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100), Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    /// <summary>Below <c>guard.policies</c>.</summary>
    public static ImmutableArray<Setting<FamilyOptions>> Policies { get; } =
    [
        .. Family(
            "lock",
            "Calls that wait for a container's lock: inspect, top, logs, exec create and others. While it is slow, few are sent and the others wait.",
            Mode(o => o.Lock, (o, v) => o with { Lock = v }, AsTheGuard),
            p => p.Lock, (p, v) => p with { Lock = v }, new SettingTable<LockPolicy>
            {
                { "maxUnanswered", Integer(1, 64), p => p.MaxUnanswered, (p, v) => p with { MaxUnanswered = v },
                    "How many calls of a container may be without an answer once the oldest of them is older than slow; before that, 64." },
                { "slow", Time(Tenth, Hour), p => p.Slow, (p, v) => p with { Slow = v },
                    "The age of the oldest unanswered call from which on the lock counts as slow." },
                { "maxWaiting", "How many callers may wait. Beyond, a call reads 503 at once." },
                { "maxWaiting.container", Integer(0, 1_000_000), p => p.MaxWaitingPerContainer, (p, v) => p with { MaxWaitingPerContainer = v },
                    "Per container." },
                { "maxWaiting.node", Integer(0, 1_000_000), p => p.MaxWaitingOnNode, (p, v) => p with { MaxWaitingOnNode = v },
                    "On the whole node." },
            }),
        .. Family(
            "lock.tell",
            "Who reads 503 instead of waiting on: callers who ask for one container after the other, and take the error of one for just that.",
            Mode(o => o.Tell, (o, v) => o with { Tell = v }, "Begins in observe: it is the one rule that refuses what would have worked later."),
            p => p.Lock.Tell, (p, v) => p with { Lock = p.Lock with { Tell = v } }, new SettingTable<TellPolicy>
            {
                { "callers", CallerNames, p => p.Callers, (p, v) => p with { Callers = v },
                    "Their names, as in /proc/PID/comm. Never programs that take an error for a removed container, such as Watchtower or Traefik." },
                { "after", Time(Tenth, Hour), p => p.After, (p, v) => p with { After = v }, "How long such a caller waits, from its arrival." },
                { "repeat", Time(Tenth, Hour), p => p.Repeat, (p, v) => p with { Repeat = v },
                    "The same for further ones of that container while it stays slow." },
            }),
        .. Family(
            "stats",
            "GET /containers/ID/stats. A container whose lock is slow gets none.",
            Mode(o => o.Stats, (o, v) => o with { Stats = v }, AsTheGuard),
            p => p.Stats, (p, v) => p with { Stats = v }, new SettingTable<StatsPolicy>
            {
                { "maxUnanswered", Integer(1, 64), p => p.MaxUnanswered, (p, v) => p with { MaxUnanswered = v },
                    "How many calls of a container may be without an answer once the oldest of them is older than slow." },
                { "slow", Time(Tenth, Hour), p => p.Slow, (p, v) => p with { Slow = v },
                    "The age of the oldest unanswered call from which on further ones wait." },
            }),
        .. Family(
            "streams",
            "Attach and exec streams whose client does not read although their process has ended: what the engine still holds is taken over.",
            Mode(o => o.Streams, (o, v) => o with { Streams = v }, AsTheGuard),
            p => p.Streams, (p, v) => p with { Streams = v }, new SettingTable<StreamsPolicy>
            {
                { "stall", Time(Tenth, Hour), p => p.Stall, (p, v) => p with { Stall = v },
                    "How long the client has not read a byte although some wait for it." },
                { "ended", Time(Tenth, Hour), p => p.Ended, (p, v) => p with { Ended = v },
                    "How long the container's last process is gone without the engine having noticed." },
                { "maxRest", "How much is taken over. Beyond, the engine's side is closed, and the client gets what there is." },
                { "maxRest.stream", Size(0, 1L << 30), p => p.MaxRestPerStream, (p, v) => p with { MaxRestPerStream = v }, "Of one stream." },
                { "maxRest.node", Size(0, 1L << 34), p => p.MaxRestOnNode, (p, v) => p with { MaxRestOnNode = v }, "Of all streams together." },
            }),
        .. Family(
            "transfers",
            "GET and PUT /containers/ID/archive, which hold the container's lock until their end.",
            Mode(o => o.Transfers, (o, v) => o with { Transfers = v }, "Begins in observe."),
            p => p.Transfers, (p, v) => p with { Transfers = v }, new SettingTable<TransfersPolicy>
            {
                { "stall", Time(TimeSpan.FromSeconds(1), Day), p => p.Stall, (p, v) => p with { Stall = v },
                    "How long a client has not moved a byte of it before it is cut, and only while others wait for the lock." },
            }),
    ];

    /// <summary><c>guard.exempt</c>.</summary>
    public static SettingTable<Exemptions> Exempt { get; } = new()
    {
        { "labels", Labels, o => o.Labels, (o, v) => o with { Labels = v },
            "Containers that have any of these labels: { \"com.example.unguarded\": \"true\" }; \"\" stands for every value." },
        { "callers", CallerNames, o => o.Callers, (o, v) => o with { Callers = v }, "Callers by their names, as in /proc/PID/comm." },
    };

    private static IEnumerable<Setting<FamilyOptions>> Family<T>(
        string key, string comment, Setting<FamilyOptions> mode,
        Func<FamilyPolicies, T> get, Func<FamilyPolicies, T, FamilyPolicies> set, IEnumerable<Setting<T>> rows) =>
    [
        Setting<FamilyOptions>.Head(key, comment),
        mode.In<FamilyOptions>(key, o => o, (_, v) => v, needsRestart: false),
        .. rows.Select(row => row.In<FamilyOptions>(
            key, o => get(o.Policies), (o, v) => o with { Policies = set(o.Policies, v) }, needsRestart: false)),
    ];

    private static Setting<FamilyOptions> Mode(
        Func<FamilyOptions, GuardMode?> get, Func<FamilyOptions, GuardMode?, FamilyOptions> set, string comment)
    {
        var kind = Choice<GuardMode>();
        return new Setting<FamilyOptions>
        {
            Key = "mode",
            Comment = comment,
            Words = kind.Words,
            Read = (reader, ref options) =>
            {
                if (!kind.Read(reader, out var mode))
                    return false;
                options = set(options, mode);
                return true;
            },
            Write = options => get(options) is { } mode ? kind.Write(mode) : null,
            Copy = (from, to) => set(to, get(from)),
        };
    }
}
