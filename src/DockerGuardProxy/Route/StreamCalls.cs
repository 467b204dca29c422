using System.Net.Sockets;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Splice;
using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Route;

/// <summary>Takes up the calls whose bytes may wait for their client. A fault of ours leaves the watch out; the call goes on.</summary>
internal sealed class StreamCalls(ClientStreams streams, ExecOwners owners, ContainerIndex index, FailOpen failOpen)
{
    private const string Step = "stream watch";

    /// <summary>Such a call begins.</summary>
    /// <param name="row">Its row, which names a <see cref="CallRow.Stream"/>.</param>
    /// <param name="target">Its target as it came.</param>
    /// <param name="client">The client's socket.</param>
    public ClientStream? Begin(CallRow row, string target, Socket client) => failOpen.Try(
        Step, (Calls: this, row, target, client), static it => it.Calls.New(it.row, it.target, it.client), null);

    /// <summary>It has ended, however.</summary>
    public void End(ClientStream stream) => failOpen.Try(Step, (streams, stream), static it => it.streams.Remove(it.stream));

    /// <summary>Learns which container an exec instance is of, as the answer that makes it passes.</summary>
    /// <param name="row">The row of the call, which <see cref="CallRow.MakesExec"/>.</param>
    /// <param name="target">Its target as it came.</param>
    public AnswerGlance OwnerLearner(CallRow row, string target) => (status, body) =>
    {
        const int created = 201;
        if (status != created || CreateAnswer.ReadId(body) is not { } exec) return;
        failOpen.Try(Step, (Calls: this, row, target, exec), static it => it.Calls.Learn(it.row, it.target, it.exec));
    };

    private ClientStream New(CallRow row, string target, Socket client)
    {
        var kind = row.Stream!.Value;
        var reference = kind == StreamKind.Events ? "" : row.ReferenceIn(target);
        var stream = new ClientStream(kind, reference, client, streams)
        {
            // Now, not when it stalls: a name may mean another one by then.
            ContainerId = kind switch
            {
                StreamKind.Exec => owners.Take(reference),
                StreamKind.Events => null,
                _ => index.Resolve(reference).Container?.Id,
            },
        };
        streams.Add(stream);
        return stream;
    }

    private void Learn(CallRow row, string target, string exec)
    {
        if (index.Resolve(row.ReferenceIn(target)).Container is { } container) owners.Add(exec, container.Id);
    }
}
