namespace DockerGuardProxy.Guard;

/// <summary>Times at which something is due; null is never.</summary>
internal static class Due
{
    /// <summary>The sooner of two.</summary>
    public static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other ?? one : one;

    /// <summary>The later of two.</summary>
    public static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
