namespace DockerGuardProxy.Campaign.Load;

/// <summary>A call did not end as its client wanted. What that means has been noted; what the client was about can't go on.</summary>
internal sealed class LostScenarioException : Exception;
