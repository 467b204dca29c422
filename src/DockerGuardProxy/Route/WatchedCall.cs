using System.Net.Sockets;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Splice;
using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Route;

/// <summary>
/// The spliced call under way of one connection, as it is watched: counted among those that pile up, and looked after where its bytes may wait for
/// their client. A fault of ours leaves a watch out; the call goes on.
/// </summary>
/// <param name="client">The client's socket.</param>
/// <param name="pileUp">Counts it.</param>
/// <param name="streams">Looks after its bytes.</param>
/// <param name="failOpen">For faults of the count.</param>
internal sealed class WatchedCall(Socket client, PileUpWatch pileUp, StreamCalls streams, FailOpen failOpen)
{
    private LongCall? _longCall;
    private ClientStream? _stream;

    /// <summary>Whether there is anything to watch about a row's calls.</summary>
    public static bool IsOf(CallRow? row) => row is { IsWatched: true } or { Stream: not null } or { MakesExec: true };

    /// <summary>It begins.</summary>
    /// <param name="call">The call.</param>
    /// <param name="row">Its row, of which there is something to watch.</param>
    /// <param name="target">Its target as it came.</param>
    /// <returns>The call, with what looks at its answer.</returns>
    public SplicedCall Begin(SplicedCall call, CallRow row, string target)
    {
        if (row.IsWatched)
        {
            _longCall ??= new LongCall();
            failOpen.Try("pile-up watch", (pileUp, _longCall, row, target), static it => it.pileUp.Begin(it._longCall, it.row, it.target));
        }

        if (row.MakesExec) return call with { Glance = streams.OwnerLearner(row, target) };
        return row.Stream is null ? call : call with { Stream = _stream = streams.Begin(row, target, client) };
    }

    /// <summary>It has ended, however.</summary>
    public void End()
    {
        if (_stream is { } stream) streams.End(stream);
        _stream = null;
        if (_longCall is { } call) failOpen.Try("pile-up watch", (pileUp, call), static it => it.pileUp.End(it.call));
    }
}
