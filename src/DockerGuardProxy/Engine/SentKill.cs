namespace DockerGuardProxy.Engine;

/// <summary>A call that went to the engine through us and lets it signal a container: how many <c>kill</c> events it still explains.</summary>
/// <param name="Number">Tells it from others.</param>
/// <param name="Id">The container's full id; null where nobody knew whom the call means: then it may be anyone.</param>
/// <param name="AnySignal">Events left, whatever their signal.</param>
/// <param name="Kills">Events left of SIGKILL alone.</param>
/// <param name="EndedAt">When it was answered or its run ended, on a monotonic clock; null while the engine may still act on it.</param>
internal sealed record SentKill(long Number, string? Id, int AnySignal, int Kills, TimeSpan? EndedAt = null);
