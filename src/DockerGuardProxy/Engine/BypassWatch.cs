using System.Collections.Immutable;
using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Engine;

/// <summary>
/// Counts signals that the engine sent for clients who bypass us. Told of every call that passes and may lead to one, and of the engine's
/// <c>kill</c> events. Nothing waits for it; <see cref="BypassRules"/> decides.
/// </summary>
internal sealed class BypassWatch : IContainerEvents
{
    /// <summary>Calls kept of one container. Where more are open, the oldest of them takes over what the newest explains.</summary>
    private const int MaxSent = 64;

    /// <summary>Unexplained events kept until they count; more than that many in half a minute are not counted one by one.</summary>
    private const int MaxUnexplained = 1024;

    /// <summary>The key of calls whose container was not known.</summary>
    private const string Anyone = "";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableList<SentKill>> _sent = new(StringComparer.Ordinal);
    private readonly ContainerIndex _index;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private ImmutableList<Bypass> _unexplained = [];
    private TimeSpan _judgesFrom = BypassRules.Doubt;
    private long _numbers;
    private long _count;
    private Bypass? _last;

    /// <summary>Judges nothing in its first half minute: calls of a proxy that ran before may still be at work in the engine.</summary>
    public BypassWatch(ContainerIndex index, TimeProvider time)
    {
        _index = index;
        _time = time;
        _origin = time.GetTimestamp();
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>A call is about to be sent.</summary>
    /// <param name="kind">What it asks.</param>
    /// <param name="id">The full id of the container it means; null if nobody knows.</param>
    /// <returns>To be given to <see cref="Answered"/>.</returns>
    public SentKill? Sending(ChangingCallKind kind, string? id)
    {
        if (BypassRules.BudgetOf(kind) is not var (any, kills))
            return null;
        lock (_gate)
        {
            var now = Now;
            var list = ListOf(id ?? Anyone).RemoveAll(call => BypassRules.IsOver(call, now));
            var sent = new SentKill(++_numbers, id, any, kills);
            _sent[id ?? Anyone] = list.Count < MaxSent
                ? list.Add(sent)
                : list.SetItem(0, list[0] with { AnySignal = list[0].AnySignal + any, Kills = list[0].Kills + kills, EndedAt = null });
            return sent;
        }
    }

    /// <summary>
    /// The engine has answered it. One that is never answered, since its client or the connection is gone, may act until the run ends.
    /// </summary>
    public void Answered(SentKill? sent)
    {
        if (sent is null)
            return;
        lock (_gate)
        {
            var now = Now;
            var list = ListOf(sent.Id ?? Anyone);
            if (list.Find(call => call.Number == sent.Number) is { } call)
                Keep(sent.Id ?? Anyone, list.Replace(call, call with { EndedAt = now }));
        }
    }

    /// <summary>How many there were since the process started, and the last of them.</summary>
    public (long Count, Bypass? Last) Read()
    {
        lock (_gate)
        {
            var proven = BypassRules.Proven(_unexplained, _index.IsReady, Now);
            if (!proven.IsEmpty)
            {
                _count += proven.Count;
                _last = proven[^1];
                _unexplained = _unexplained.RemoveRange(proven);
            }

            return (_count, _last);
        }
    }

    /// <inheritdoc/>
    public void Killed(Container container, string? signal, DateTimeOffset at)
    {
        lock (_gate)
        {
            var now = Now;
            var wall = _time.GetUtcNow();
            if (now < _judgesFrom || wall - at > BypassRules.Late)
                return;
            var anyone = ListOf(Anyone);
            if (BypassRules.Explain(ListOf(container.Id).AddRange(anyone), container.Id, signal, now) is { } left)
            {
                Keep(container.Id, left.RemoveAll(call => call.Id is null));
                Keep(Anyone, left.RemoveAll(call => call.Id is not null));
            }
            else if (_unexplained.Count < MaxUnexplained)
            {
                _unexplained = _unexplained.Add(new Bypass(now, wall, container.Id, container.Name ?? "", signal));
            }
        }
    }

    /// <inheritdoc/>
    public void RunEnded(Container container)
    {
        lock (_gate)
        {
            var now = Now;
            Keep(container.Id, ListOf(container.Id).ConvertAll(call => call with { EndedAt = call.EndedAt ?? now }));
        }
    }

    /// <inheritdoc/>
    public void Removed(Container container)
    {
        lock (_gate)
            _sent.Remove(container.Id);
    }

    /// <summary>What it signalled as it ended, or as it began, was its own doing; and it knows nothing of calls before.</summary>
    public void EngineRestarted()
    {
        lock (_gate)
        {
            _sent.Clear();
            _unexplained = [];
            _judgesFrom = Now + BypassRules.Doubt;
        }
    }

    /// <inheritdoc/>
    public void RunStarted(Container container)
    {
    }

    /// <inheritdoc/>
    public void Renamed(Container container, string? formerName)
    {
    }

    private ImmutableList<SentKill> ListOf(string id) => _sent.GetValueOrDefault(id, []);

    private void Keep(string id, ImmutableList<SentKill> list)
    {
        var now = Now;
        var left = list.RemoveAll(call => BypassRules.IsOver(call, now));
        if (left.IsEmpty)
            _sent.Remove(id);
        else
            _sent[id] = left;
    }
}
