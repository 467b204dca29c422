namespace DockerGuardProxy.Timing;

/// <summary>Timers whose callback may fail.</summary>
internal static class SafeTimer
{
    /// <summary>
    /// As <c>TimeProvider.CreateTimer</c>, but an exception of the callback goes to <paramref name="onFault"/>. What escapes a timer's
    /// callback ends the process, and with it the node's way to its engine.
    /// </summary>
    public static ITimer CreateSafeTimer(this TimeProvider time, Action callback, Action<Exception> onFault, TimeSpan dueTime, TimeSpan period) =>
#pragma warning disable RS0030 // The one place for it.
        time.CreateTimer(
            _ =>
            {
                try
                {
                    callback();
                }
#pragma warning disable CA1031 // See above.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    onFault(e);
                }
            },
            null, dueTime, period);
#pragma warning restore RS0030
}
