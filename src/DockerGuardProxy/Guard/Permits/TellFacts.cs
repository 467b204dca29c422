namespace DockerGuardProxy.Guard.Permits;

/// <summary>What a caller is told.</summary>
/// <param name="Id">The container.</param>
/// <param name="Since">Since when the engine has not answered.</param>
/// <param name="Holder">Who may hold the lock; null where nobody is known.</param>
/// <param name="RetryAfter">When to ask again.</param>
internal sealed record TellFacts(string Id, DateTimeOffset Since, SuspectedHolder? Holder, TimeSpan RetryAfter);
