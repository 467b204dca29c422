namespace DockerGuardProxy.Streams;

/// <summary>How much may be held of what was taken over, in bytes.</summary>
/// <param name="Stream">Of one stream.</param>
/// <param name="Node">Of all streams together.</param>
internal readonly record struct RestLimits(long Stream, long Node);
