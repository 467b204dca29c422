namespace DockerGuardProxy.Http;

/// <summary>Sends calls in HTTP/2, each with a body as <see cref="Http2Content"/>.</summary>
/// <param name="handler">Sends them.</param>
internal sealed class Http2Handler(HttpMessageHandler handler) : DelegatingHandler(handler)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // What has no body can be sent again.
        if (request.Content is not { } body || body.Headers.ContentLength == 0) return await base.SendAsync(request, cancellationToken);

        var content = new Http2Content(body);
        request.Content = content;
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            content.OnAnswered();
        }
    }
}
