using System.Collections.Immutable;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace DockerGuardProxy.Route;

/// <summary>Reads the engine's answer to a terminating call whole, and writes it for the caller and for each that joined it.</summary>
internal static class AnswerParts
{
    /// <summary>The longest answer that is kept, in bytes. Those to terminating calls are an error text at most.</summary>
    private const int MaxLength = 1 << 20;

    /// <summary>Reads an answer whole.</summary>
    /// <exception cref="IOException">The connection was lost, or the answer is longer than any the engine gives.</exception>
    public static async Task<EngineAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var headers = ImmutableArray.CreateBuilder<KeyValuePair<string, StringValues>>();
        foreach (var header in response.Headers.NonValidated) Keep(headers, header.Key, header.Value);
        foreach (var header in response.Content.Headers.NonValidated) Keep(headers, header.Key, header.Value);

        using var body = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[4096];
        for (int count; (count = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + count > MaxLength) throw new IOException("The engine's answer is too long.");
            body.Write(buffer, 0, count);
        }

        var isChunked = response.Headers.TransferEncodingChunked == true;
        return new EngineAnswer((int)response.StatusCode, body.ToArray(), new KeptHead(response.ReasonPhrase, headers.ToImmutable(), isChunked));
    }

    /// <summary>Writes an answer to one caller.</summary>
    public static async Task WriteAsync(EngineAnswer answer, HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        if (answer.Head is { } head)
        {
            http.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = head.Reason;
            foreach (var (name, value) in head.Headers) response.Headers[name] = value;
        }

        if (answer.Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified) return;

        if (answer.Head is not { IsChunked: true }) response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }

    private static void Keep(
        ImmutableArray<KeyValuePair<string, StringValues>>.Builder headers, string name, System.Net.Http.Headers.HeaderStringValues values)
    {
        if (RequestHead.IsOfConnection(name)) return;
        headers.Add(new(name, values.Count == 1 ? values.ToString() : values.ToArray()));
    }
}
