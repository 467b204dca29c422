using DockerGuardProxy.Http;
using DockerGuardProxy.Splice;

namespace DockerGuardProxy.Route;

/// <summary>Looks at a small answer in the HTTP lane as the splice lane does.</summary>
/// <param name="glance">The look.</param>
internal sealed class GlanceWatch(AnswerGlance glance) : IAnswerWatch
{
    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> TakeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (bytes, isWhole) = await SmallAnswer.ReadAsync(response, cancellationToken);
        if (isWhole) glance((int)response.StatusCode, bytes.Span);
        return bytes;
    }
}
