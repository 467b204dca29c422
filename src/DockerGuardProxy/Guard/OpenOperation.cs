using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>The open terminating calls of one kind, those of ended runs included.</summary>
/// <param name="Operation">The kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Oldest">Age of the oldest.</param>
internal readonly record struct OpenOperation(Operation Operation, int Count, TimeSpan Oldest);
