using System.Collections.Immutable;
using System.Net;

namespace DockerGuardProxy.Listen;

/// <summary>The sockets that clients connect to.</summary>
internal sealed class AcceptLoops
{
    private ImmutableArray<AcceptLoop> _all = [];

    /// <summary>All of them.</summary>
    public ImmutableArray<AcceptLoop> All => _all;

    /// <summary>Their paths, as a list for people.</summary>
    public string Paths => string.Join(", ", _all.Select(loop => loop.Path));

    /// <summary>One more is asked for.</summary>
    public AcceptLoop Add(EndPoint endPoint)
    {
        var loop = new AcceptLoop(endPoint);
        ImmutableInterlocked.Update(ref _all, all => all.Add(loop));
        return loop;
    }

    /// <summary>That which was asked for as <paramref name="endPoint"/>.</summary>
    public AcceptLoop Of(EndPoint endPoint) => _all.First(loop => ReferenceEquals(loop.EndPoint, endPoint));
}
