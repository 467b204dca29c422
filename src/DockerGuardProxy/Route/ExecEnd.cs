using DockerGuardProxy.Engine;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Route;

/// <summary>Whether an exec's process has exited. Belongs to the loop of <see cref="StreamWatch"/>.</summary>
/// <remarks>
/// The engine is asked once, and then the process it names is looked at. From 24.0 on the engine does not answer any more once that has exited: then,
/// and where the engine names a process that was never seen, it counts that the container has no process of an exec at all.
/// </remarks>
internal sealed class ExecEnd(IEngineApi engine, Prober prober, string exec, TimeProvider time)
{
    /// <summary>How long the engine is waited for.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2), Late = TimeSpan.FromSeconds(60);

    private Task<ExecState?>? _asked;
    private Task<ExecProcesses>? _look;
    private TimeSpan _lookBegan;
    private TimeSpan _dueAt;
    private TimeSpan _pause = Soon;
    private int? _pid;
    private ulong? _start;
    private bool _isUnknown;
    private bool _isSilent;
    private TimeSpan? _exitedSince;
    private TimeSpan? _quietSince;

    /// <summary>Full id of its container, once the engine has told of it.</summary>
    public string? Container { get; private set; }

    /// <summary>
    /// Its process, while that has to be looked at. Until it was seen once it must be of the container: the engine's number may be that of another
    /// pid namespace, or of a process that came after it.
    /// </summary>
    public NamedProcess? Process => _pid is { } pid ? new(pid, _start is null ? Container : null) : null;

    /// <summary>The engine was not asked yet.</summary>
    public bool IsNew => _asked is null;

    /// <summary>The engine was asked and has not answered yet.</summary>
    public bool IsAsking => _asked is { IsCompleted: false };

    /// <summary>When a stream last pressed for it.</summary>
    public TimeSpan PressedAt { get; set; }

    /// <summary>The processes of its container have to be looked at.</summary>
    public bool NeedsLook { get; private set; }

    /// <summary>What it has started may go on to write: none of it may be left.</summary>
    public bool ChildrenCount { get; set; }

    /// <summary>Since when it has exited; null while it has not, or it can't be told.</summary>
    public TimeSpan? GoneSince => !ChildrenCount && _exitedSince is { } since ? since : _quietSince;

    /// <summary>Asks the engine, the first time; takes its answer.</summary>
    public async Task AskAsync(TimeSpan now, CancellationToken cancellationToken)
    {
        _asked ??= AskAsync(cancellationToken);
        if (!_asked.IsCompleted || Container is not null || _isUnknown || _isSilent) return;
        try
        {
            var state = await _asked;
            _isUnknown = state is null;
            Container = state?.Container;
            if (state is { Running: false }) Exited(now);
            else _pid = state?.Pid;
            if (state is { Running: true, Pid: null }) NeedsLook = true;
        }
#pragma warning disable CA1031 // It did not answer in time, or not at all.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _isSilent = NeedsLook = true;
        }
    }

    /// <summary>Takes when its process was started; null where it is gone, or is not of the container.</summary>
    public void Take(ulong? start, TimeSpan now)
    {
        if (start is not null && (_start is null || _start == start))
        {
            _start = start;
            return;
        }

        // One that was never seen may be nobody's here: a pid of another namespace.
        if (_start is null) NeedsLook = true;
        else Exited(now);
        _pid = null;
    }

    /// <summary>Takes the last look at its container's processes, and begins one if it is due.</summary>
    /// <param name="run">The container's run.</param>
    /// <param name="age">How long ago the stream began, which is before its process did.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Exception">The last look could not be made.</exception>
    public async Task LookAsync(ContainerRun run, TimeSpan age, TimeSpan now)
    {
        if (_look is { IsCompleted: true } ended)
        {
            _look = null;
            _dueAt = now + _pause;
            _pause = _pause * 2 < Late ? _pause * 2 : Late;
            if (IsQuiet(await ended, age)) (_quietSince, _dueAt) = (_quietSince ?? _lookBegan, now + Soon);
            else _quietSince = null;
        }

        if (_look is not null || now < _dueAt) return;
        _lookBegan = now;
        _look = prober.ExecsAsync(run);
    }

    private void Exited(TimeSpan now)
    {
        _exitedSince ??= now;
        NeedsLook |= ChildrenCount;
    }

    /// <summary>A process is told to be older than the stream with a second to spare: the clocks are two.</summary>
    private bool IsQuiet(ExecProcesses found, TimeSpan age) => found is { Readable: true, Roots: 0 }
        && (!ChildrenCount || found.Youngest is not { } youngest || youngest > age + TimeSpan.FromSeconds(1));

    private async Task<ExecState?> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return await engine.InspectExecAsync(exec, both.Token);
    }
}
