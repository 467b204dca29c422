namespace DockerGuardProxy.State;

/// <summary>What was found in the place of the state file.</summary>
/// <param name="Document">The state; null if there is none of use.</param>
/// <param name="Error">Why not, for people; null where there is a state, or no file.</param>
/// <param name="IsNewer">True where it is of a newer version of the program.</param>
internal sealed record StateFound(StateDocument? Document, string? Error, bool IsNewer);
