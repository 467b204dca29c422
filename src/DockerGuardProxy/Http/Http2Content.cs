using System.Net;

namespace DockerGuardProxy.Http;

/// <summary>The body of a call as SocketsHttpHandler sends it in HTTP/2: once, and with the engine's word where it ends it.</summary>
internal sealed class Http2Content : HttpContent
{
    private readonly HttpContent _body;
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isBegun;

    /// <param name="body">Copies the client's.</param>
    public Http2Content(HttpContent body)
    {
        _body = body;
        foreach (var (name, values) in body.Headers.NonValidated) Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
    }

    /// <summary>
    /// To be called before a head is sent. Where the engine has not taken a call up (REFUSED_STREAM, or a GOAWAY that does not reach to it),
    /// SocketsHttpHandler sends it again, of this one only the head, for the body is gone: half a call.
    /// </summary>
    /// <exception cref="HttpProtocolException">It was sent before, and refused: its client has the whole of it, and may send it again.</exception>
    public static void ThrowIfBegun(HttpRequestMessage request)
    {
        if (request.Content is Http2Content { _isBegun: true })
            throw new HttpProtocolException(Http2Reset.RefusedStream, "The engine has not taken the call up, and its body is sent.", null);
    }

    /// <summary>It is known how the engine answers, or that it does not.</summary>
    public void OnAnswered() => _answered.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _isBegun = true;
        try
        {
            await _body.CopyToAsync(stream, context, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The engine has reset the stream. The handler reports the end of the body if that comes first, and not the engine's code. Not by the
            // exception's kind: YARP takes a read that was ended so for a fault of the client's at times, and says IOException.
            await _answered.Task;
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
