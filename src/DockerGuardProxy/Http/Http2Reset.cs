using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Http;

/// <summary>Ends a call in HTTP/2 by RST_STREAM.</summary>
internal static class Http2Reset
{
    // RFC 9113 7.
    public const int ProtocolError = 1, InternalError = 2, RefusedStream = 7, Http11Required = 13;

    /// <summary>
    /// The code with which the engine has reset the call, or ended its connection; null where it has said none, or no error: with that an answer
    /// that broke off would look whole.
    /// </summary>
    public static long? CodeOf(Exception? cause)
    {
        for (; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol) return protocol.ErrorCode == 0 ? null : protocol.ErrorCode;
            if (cause is not AggregateException several) continue;
            foreach (var one in several.InnerExceptions)
            {
                if (CodeOf(one) is { } code) return code;
            }

            return null;
        }

        return null;
    }

    /// <summary>Resets the client's stream.</summary>
    public static void Send(HttpContext http, long code) => http.Features.GetRequiredFeature<IHttpResetFeature>().Reset((int)code);
}
