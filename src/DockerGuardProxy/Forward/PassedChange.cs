using DockerGuardProxy.Engine;

namespace DockerGuardProxy.Forward;

/// <summary>A call that passes and changes what the index knows: the index learns it before the caller has the answer.</summary>
internal sealed class PassedChange
{
    /// <summary>The longest answer to a creation that is looked into, in bytes: an id and warnings.</summary>
    private const long MaxAnswer = 64 * 1024;

    private readonly ContainerIndex _index;
    private readonly BypassWatch _bypass;
    private readonly PassedCall _call;
    private readonly PassingChange? _expected;
    private readonly SentKill? _sent;

    /// <summary>To be made before the call is sent.</summary>
    /// <param name="index">Learns what changes.</param>
    /// <param name="bypass">Learns that the call came through us.</param>
    /// <param name="call">The call.</param>
    public PassedChange(ContainerIndex index, BypassWatch bypass, in PassedCall call)
    {
        (_index, _bypass, _call) = (index, bypass, call);
        if (call.Kind == PassedCallKind.Create)
        {
            Body = new BodyCopy(CreateBody.MaxLength);
            return;
        }

        _expected = index.Expect(call);
        _sent = bypass.Sending(call.Kind, _expected.Target?.Id);
    }

    /// <summary>Keeps the body of a creation, which says how the container will want to be stopped.</summary>
    public BodyCopy? Body { get; }

    /// <summary>Tells the index of the answer. That to a creation is kept in its content, which can still be read.</summary>
    public async ValueTask TakeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (_expected is not null)
        {
            _bypass.Answered(_sent);
            _index.Answered(_expected, status);
            return;
        }

        // Without a length, or with a long one, it is no answer that moby gives; the event will tell.
        if (response.Content.Headers.ContentLength is not <= MaxAnswer) return;

        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        _index.Answered(_index.Expect(_call, CreateBody.Parse(Body!.Bytes)), status, answer);
    }
}
