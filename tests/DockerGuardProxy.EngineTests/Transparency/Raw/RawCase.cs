namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>A talk that must look the same on both sockets.</summary>
/// <param name="Name">Names it in the test list.</param>
/// <param name="Talk">What the client does.</param>
/// <param name="MayBeSilent">The engine itself may leave something unanswered, which the proxy must then do too.</param>
/// <param name="OrClose">The proxy may also just close: for input that is no HTTP at all.</param>
internal sealed record RawCase(string Name, Func<RawExchange, Task> Talk, bool OrClose = false, bool MayBeSilent = false);
