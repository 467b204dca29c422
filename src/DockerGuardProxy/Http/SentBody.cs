namespace DockerGuardProxy.Http;

/// <summary>A request's body on its way to the engine.</summary>
/// <param name="Taken">What has been read of it; null where nobody has read.</param>
/// <param name="Copy">Keeps a copy of it, as far as it fits; null for none.</param>
internal readonly record struct SentBody(ReadOnlyMemory<byte>? Taken, BodyCopy? Copy);
