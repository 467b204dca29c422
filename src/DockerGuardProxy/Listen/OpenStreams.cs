using System.Collections.Concurrent;

namespace DockerGuardProxy.Listen;

/// <summary>The calls under way on a connection that speaks HTTP/2: many at a time.</summary>
internal sealed class OpenStreams
{
    private readonly ConcurrentDictionary<CallTimes, byte> _open = new();

    /// <summary>True while there is none, or one that is likely to be answered within moments.</summary>
    public bool AnyBrief => _open.IsEmpty || _open.Any(static open => open.Key.IsBrief);

    /// <summary>True while there is none.</summary>
    public bool IsEmpty => _open.IsEmpty;

    public void Begin(CallTimes call)
    {
        call.Begin();
        _open[call] = 0;
    }

    public void End(CallTimes call)
    {
        call.End();
        _open.TryRemove(call, out _);
    }
}
