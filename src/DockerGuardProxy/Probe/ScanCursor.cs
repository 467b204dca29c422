using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>
/// Where a scan is, so that the place where it blocks is known from outside. Written by the scan's thread alone, read by others when the
/// scan is overdue; <see cref="Abandon"/> goes the other way.
/// </summary>
/// <param name="blocked">The steps at which other threads hang: not to be tried again while they do.</param>
internal sealed class ScanCursor(ImmutableArray<ScanStep> blocked)
{
    private volatile ScanStep? _current;
    private volatile bool _abandoned;

    /// <summary>The step last begun.</summary>
    public ScanStep? Current => _current;

    /// <summary>Nobody waits for the scan any more: it ends at its next step.</summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Begins a step; false if another thread hangs there, and it must be left out.</summary>
    /// <exception cref="OperationCanceledException">The scan was abandoned.</exception>
    public bool TryEnter(ScanPhase phase, int pid)
    {
        if (_abandoned)
            throw new OperationCanceledException();
        var step = new ScanStep(phase, pid);
        _current = step;
        return !blocked.Contains(step);
    }
}
