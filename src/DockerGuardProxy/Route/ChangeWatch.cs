using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;

namespace DockerGuardProxy.Route;

/// <summary>A call that passes and changes what the index knows: the index learns it before the caller has the answer.</summary>
internal sealed class ChangeWatch : IAnswerWatch
{
    private readonly ContainerIndex _index;
    private readonly BypassWatch _bypass;
    private readonly FailOpen _failOpen;
    private readonly ChangingCall _call;
    private readonly ExpectedChange? _expected;
    private readonly SentKill? _sent;

    /// <summary>To be made before the call is sent.</summary>
    /// <param name="index">Learns what changes.</param>
    /// <param name="bypass">Learns that the call came through us.</param>
    /// <param name="failOpen">Keeps their faults from the call.</param>
    /// <param name="call">The call.</param>
    public ChangeWatch(ContainerIndex index, BypassWatch bypass, FailOpen failOpen, in ChangingCall call)
    {
        (_index, _bypass, _failOpen, _call) = (index, bypass, failOpen, call);
        if (call.Kind == ChangingCallKind.Create)
        {
            Body = new BodyCopy(CreateBody.MaxLength);
            return;
        }

        _expected = failOpen.Try("index", (index, call), static it => it.index.Expect(it.call), null);
        _sent = failOpen.Try("bypass watch", (bypass, call.Kind, _expected?.Target?.Id), static it => it.bypass.Sending(it.Kind, it.Id), null);
    }

    /// <summary>Keeps the body of a creation, which says how the container will want to be stopped.</summary>
    public BodyCopy? Body { get; }

    /// <summary>Tells the index of the answer. Whatever fails here, the answer is the client's.</summary>
    /// <returns>The beginning of the body, which was read for it; empty where nothing was. What follows it is still in the answer's stream.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> TakeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (_call.Kind != ChangingCallKind.Create)
        {
            _failOpen.Try("bypass watch", (_bypass, _sent), static it => it._bypass.Answered(it._sent));
            if (_expected is not null)
                _failOpen.Try("index", (_index, _expected, status), static it => it._index.Answered(it._expected, it.status));
            return default;
        }

        // Without a length, or with a long one, it is no answer that moby gives; the event will tell.
        var (answer, isWhole) = await SmallAnswer.ReadAsync(response, cancellationToken);
        if (isWhole) _failOpen.Try("index", (Change: this, status, answer), static it => it.Change.Tell(it.status, it.answer.Span));
        return answer;
    }

    private void Tell(int status, ReadOnlySpan<byte> answer) => _index.Answered(_index.Expect(_call, CreateBody.Parse(Body!.Bytes)), status, answer);
}
