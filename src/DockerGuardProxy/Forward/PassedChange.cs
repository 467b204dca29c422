using DockerGuardProxy.Engine;

namespace DockerGuardProxy.Forward;

/// <summary>A call that passes and changes what the index knows: the index learns it before the caller has the answer.</summary>
/// <param name="index">The index.</param>
/// <param name="call">The call.</param>
internal sealed class PassedChange(ContainerIndex index, PassedCall call)
{
    /// <summary>The longest answer to a creation that is looked into, in bytes: an id and warnings.</summary>
    private const long MaxAnswer = 64 * 1024;

    private readonly PassingChange? _expected = call.Kind == PassedCallKind.Create ? null : index.Expect(call);

    /// <summary>Keeps the body of a creation, which says how the container will want to be stopped.</summary>
    public BodyCopy? Body { get; } = call.Kind == PassedCallKind.Create ? new BodyCopy(CreateBody.MaxLength) : null;

    /// <summary>Tells the index of the answer. That to a creation is kept in its content, which can still be read.</summary>
    public async ValueTask TakeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (_expected is not null)
        {
            index.Answered(_expected, status);
            return;
        }

        // Without a length, or with a long one, it is no answer that moby gives; the event will tell.
        if (response.Content.Headers.ContentLength is not <= MaxAnswer) return;

        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        index.Answered(index.Expect(call, CreateBody.Parse(Body!.Bytes)), status, answer);
    }
}
