using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Guard;

/// <summary>What is sent of a terminating call: kept apart from its client's connection, so that it can outlive it.</summary>
/// <param name="Method">As it came.</param>
/// <param name="Target">As it came.</param>
/// <param name="Headers">The rest of the head, with framing of its own.</param>
/// <param name="Body">The body; empty where there was none.</param>
/// <param name="Caller">Who calls; null where the kernel does not tell.</param>
/// <param name="Room">What the body takes of the room for all; null where there was none.</param>
internal sealed record GuardedRequest(
    string Method, string Target, ReadOnlyMemory<byte> Headers, ReadOnlyMemory<byte> Body, PeerCredentials? Caller, BodyRoom? Room = null)
{
    /// <summary>The body; empty where there was none, and once it is dropped.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; } = Body;

    /// <summary>The body is not needed any more: the call was sent, or never will be. It can't be sent after.</summary>
    public void DropBody()
    {
        Room?.Return();
        Body = default;
    }
}
