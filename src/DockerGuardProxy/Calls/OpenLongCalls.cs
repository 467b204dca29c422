namespace DockerGuardProxy.Calls;

/// <summary>The open calls of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Oldest">Age of the oldest.</param>
internal readonly record struct OpenLongCalls(LongCallKind Kind, int Count, TimeSpan Oldest);
