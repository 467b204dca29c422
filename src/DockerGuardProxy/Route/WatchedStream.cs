using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Route;

/// <summary>A stream whose client is waited for. Belongs to the loop of <see cref="StreamWatch"/> alone.</summary>
internal sealed class WatchedStream(ClientStream stream)
{
    /// <summary>
    /// So many bytes of a body may be gone from the engine's socket while nobody has asked for them there: its HTTP server reads a head through a
    /// buffer of 4 KB (net/http, newBufioReader).
    /// </summary>
    private const int ReadAhead = 4096;

    private UnmovedClock _clock = new(-1, -1, TimeSpan.Zero);
    private UnmovedClock _engineClock = new(-1, -1, TimeSpan.Zero);
    private long _byEngine;
    private DateTimeOffset _sinceUtc;
    private long? _run;

    public ClientStream Stream => stream;

    /// <summary>Who it is; asks the kernel once.</summary>
    public PeerCredentials? Peer { get; } = PeerCredentials.Of(stream.Client);

    /// <summary>The client's name; null before it was read.</summary>
    public string? Comm { get; set; }

    /// <summary>Whether nothing may be done about it: not about its container, nor its caller, nor one whose name is not known yet.</summary>
    public bool IsExempt(Exemptions exempt) => exempt.Frees(Container?.Labels)
        || (!exempt.Callers.IsEmpty && (Comm is null || exempt.Callers.Contains(Comm)));

    /// <summary>The container, as the index knows it now; null where that is not known.</summary>
    public Container? Container { get; private set; }

    /// <summary>The run that it is about has ended, as the engine has told.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Of an exec: whether its process has exited; null before that matters.</summary>
    public ExecEnd? Exec { get; set; }

    /// <summary>When it was taken over, while the end that follows is looked for; null otherwise.</summary>
    public TimeSpan? ReviewFrom { get; set; }

    /// <summary>Its stall was told.</summary>
    public bool IsTold { get; set; }

    /// <summary>It was told that there was more than may be held, or that the transfer was cut.</summary>
    public bool IsCut { get; set; }

    /// <summary>Bytes that wait for the client.</summary>
    public long Unread => _clock.Unread;

    /// <summary>How long nothing has moved.</summary>
    public TimeSpan Unmoved(TimeSpan now) => now - (_clock.Since > _engineClock.Since ? _clock.Since : _engineClock.Since);

    /// <summary>Asks the kernel what waits.</summary>
    /// <param name="diag">To ask with; null where the kernel does not let us.</param>
    /// <param name="now">The time.</param>
    /// <param name="utcNow">The same by the wall clock.</param>
    public void Measure(SockDiag? diag, TimeSpan now, DateTimeOffset utcNow)
    {
        _clock = _clock.With(stream.Unread.Ask(stream.Client, diag) ?? 0, stream.Moves, now);
        if (stream is { Kind: StreamKind.Upload, Engine: { } engine })
        {
            _byEngine = stream.UnreadByEngine.Ask(engine, diag) ?? -1;
            _engineClock = _engineClock.With(_byEngine, 0, now);
        }

        if (Unmoved(now) == TimeSpan.Zero) _sinceUtc = utcNow;
    }

    /// <summary>Finds the container again: it may have begun another run.</summary>
    public void Resolve(ContainerIndex index)
    {
        var id = Container?.Id ?? stream.ContainerId ?? Exec?.Container;
        Container = id is not null ? index.Find(id)
            : stream.Kind is StreamKind.Exec or StreamKind.Events ? null
            : FindById(index);
        if (Container is not { } container) return;
        if (container.Running) _run ??= container.Run;
        IsOver = !container.Running || container.Run != _run;
    }

    /// <summary>One that was not known at the call's beginning: its name may have become another one's since, its id may not.</summary>
    private Container? FindById(ContainerIndex index) =>
        index.Resolve(stream.Reference).Container is { } found && found.Id.StartsWith(stream.Reference, StringComparison.Ordinal) ? found : null;

    /// <summary>What is known of it as an attach or exec stream.</summary>
    /// <param name="gone">Since when its process is gone; null while it is not.</param>
    /// <param name="now">The time.</param>
    public StreamFacts Facts(TimeSpan? gone, TimeSpan now) => new(Unread, Unmoved(now), now - gone, IsOver, stream.IsSaid, stream.IsDone);

    /// <summary>What is known of it as a transfer.</summary>
    public TransferFacts TransferFacts(bool othersWait, TimeSpan now) => new(IsClientsTurn, Unmoved(now), othersWait, stream.IsSaid, stream.IsDone);

    /// <summary>It waits for its client and for nobody else: of an upload the engine has taken all that came.</summary>
    public bool IsClientsTurn => stream.Kind == StreamKind.Upload ? _byEngine == 0 && stream.BodySent > ReadAhead : Unread > 0;

    /// <summary>Whether it is at this very moment as it was measured.</summary>
    /// <param name="diag">To ask with; null where the kernel does not let us.</param>
    public bool IsAsMeasured(SockDiag? diag) => stream.WaitsSince != 0 && stream.Moves == _clock.Moves
        && (stream.Unread.Ask(stream.Client, diag) ?? 0) == Unread
        && (stream is not { Kind: StreamKind.Upload, Engine: { } engine } || stream.UnreadByEngine.Ask(engine, diag) == _byEngine);

    /// <summary>For whoever tells of it.</summary>
    /// <param name="hasEnded">Its process is gone.</param>
    public StalledStream Describe(bool hasEnded)
    {
        var rest = stream.Pump?.Rest;
        return new StalledStream(
            stream.Kind, stream.Reference, Container?.Id ?? stream.ContainerId ?? Exec?.Container, Container?.Name ?? "", Peer?.Pid ?? 0, Peer?.Uid,
            Comm ?? "", Unread, _sinceUtc, hasEnded, rest is not null, rest?.Held ?? 0, IsCut);
    }
}
