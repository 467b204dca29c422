namespace DockerGuardProxy.Calls;

/// <summary>The open calls of one operation.</summary>
/// <param name="Operation">Its name, as <see cref="CallRow.Name"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="Oldest">Age of the oldest.</param>
internal readonly record struct OpenLongCalls(string Operation, int Count, TimeSpan Oldest);
