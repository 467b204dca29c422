using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Guard;

/// <summary>What is sent of a terminating call: kept apart from its client's connection, so that it can outlive it.</summary>
/// <param name="Method">As it came.</param>
/// <param name="Target">As it came.</param>
/// <param name="Headers">The rest of the head, with framing of its own.</param>
/// <param name="Body">The body; empty where there was none.</param>
/// <param name="Caller">Who calls; null where the kernel does not tell.</param>
internal sealed record GuardedRequest(string Method, string Target, ReadOnlyMemory<byte> Headers, ReadOnlyMemory<byte> Body, PeerCredentials? Caller)
{
    private KeptBodies? _room;

    /// <summary>The body; empty where there was none, and once it is dropped.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; } = Body;

    /// <summary>Takes room for the body as long as it is kept; false where there is too little.</summary>
    public bool TryKeepBody(KeptBodies room)
    {
        if (!room.TryTake(Body.Length)) return false;
        _room = room;
        return true;
    }

    /// <summary>The body is not needed any more: the call was sent, or never will be. It can't be sent after.</summary>
    public void DropBody()
    {
        if (Interlocked.Exchange(ref _room, null) is not { } room) return;
        room.Return(Body.Length);
        Body = default;
    }
}
