namespace DockerGuardProxy.Guard.Permits;

/// <summary>The oldest open call of a kind that may hold a container's lock for long.</summary>
/// <param name="Operation">Its kind, as the table of calls names it.</param>
/// <param name="Since">Since when it is open.</param>
/// <param name="Caller">Who has made it; null where nobody can tell.</param>
internal sealed record SuspectedHolder(string Operation, DateTimeOffset Since, IPermitCaller? Caller);
