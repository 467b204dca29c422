using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;

namespace DockerGuardProxy.Guard;

/// <summary>What an <see cref="EngineAnswer"/> keeps of the engine's head, to be written for the caller and for each that joined it.</summary>
/// <param name="Reason">Reason phrase.</param>
/// <param name="Headers">Names and values as they came, without those of the connection.</param>
/// <param name="IsChunked">It came in chunks, as net/http sends whatever is longer than 2,048 bytes; each copy is framed likewise.</param>
internal sealed record KeptHead(string? Reason, ImmutableArray<KeyValuePair<string, StringValues>> Headers, bool IsChunked);
