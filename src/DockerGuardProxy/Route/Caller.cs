using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Route;

/// <summary>Who has opened a connection, asked of the kernel when first wanted.</summary>
/// <param name="peer">Asks the kernel.</param>
/// <param name="tell">See <see cref="IPermitCaller.TryTell"/>.</param>
internal sealed class Caller(Func<PeerCredentials?> peer, Func<PermitCall, long, ReadOnlyMemory<byte>, bool> tell) : IPermitCaller
{
    private volatile string? _comm;
    private int? _pid;

    /// <inheritdoc/>
    public string? KnownComm => _comm;

    /// <inheritdoc/>
    public int Pid => _pid ??= peer()?.Pid ?? 0;

    /// <inheritdoc/>
    public uint? Uid => peer()?.Uid;

    /// <inheritdoc/>
    public void Identify() => _comm ??= PeerName.Of(Pid);

    /// <inheritdoc/>
    public bool TryTell(PermitCall call, long serial, ReadOnlyMemory<byte> body) => tell(call, serial, body);
}
