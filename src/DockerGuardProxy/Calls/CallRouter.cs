using System.Buffers;
using System.Text;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Forward;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Calls;

/// <summary>Sends each call on its way: terminating calls to the guard, all others straight to the engine.</summary>
internal sealed class CallRouter(PassThrough passThrough, GuardedCalls guard, ContainerIndex index, BypassWatch bypass, PileUpWatch pileUp)
{
    /// <summary>What is kept of a body that can't matter. The engine does not read it either.</summary>
    private const int MaxOtherBody = 64 * 1024;

    public Task ServeAsync(HttpContext http, ClientConnection client)
    {
        var features = http.Features;
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        var target = client.Transport.TargetAsSent ?? request.RawTarget;
        var hasBody = features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;
        var classified = CallClassifier.Classify(request.Method, target, ContentType(request.Headers), hasBody);
        if (classified.Kind != ClassificationKind.Passes) return ServeActionAsync(http, client, target, hasBody, classified);

        if (LongCall.TryRecognise(request.Method, target, out var kind)) return WatchAsync(http, client, target, hasBody, kind);

        var change = PassedCall.TryRecognise(request.Method, target, out var passed) ? new PassedChange(index, bypass, passed) : null;
        return passThrough.ForwardAsync(http, client, target, hasBody ? new RequestBody(http) { Copy = change?.Body } : null, change);
    }

    private async Task WatchAsync(HttpContext http, ClientConnection client, string target, bool hasBody, LongCallKind kind)
    {
        pileUp.Begin(client.LongCall, kind, target);
        try
        {
            await passThrough.ForwardAsync(http, client, target, hasBody ? new RequestBody(http) : null, null);
        }
        finally
        {
            pileUp.End(client.LongCall);
        }
    }

    private async Task ServeActionAsync(HttpContext http, ClientConnection client, string target, bool hasBody, Classification classified)
    {
        var isForm = classified.Kind == ClassificationKind.NeedsBody;
        ReadOnlyMemory<byte>? body = null;
        var isWhole = true;
        if (hasBody) (body, isWhole) = await ReadAsync(http, isForm ? CallClassifier.MaxFormBytes : MaxOtherBody);
        if (isForm)
        {
            classified = CallClassifier.ClassifyForm(target, ContentType(http.Request.Headers), body.GetValueOrDefault().Span);
        }
        else if (!isWhole)
        {
            // The rest is read and dropped: the engine reads none of it, and it must not be a way round the guard.
            await DrainAsync(http);
            body = ReadOnlyMemory<byte>.Empty;
            http.Request.Headers.TransferEncoding = default;
            http.Request.Headers.ContentLength = 0;
        }

        if (classified is { Kind: ClassificationKind.Call, Call: { } call } && await guard.ServeAsync(http, client, call, target, body)) return;

        var change = PassedCall.TryRecognise(http.Request.Method, target, out var passed) ? new PassedChange(index, bypass, passed) : null;
        await passThrough.ForwardAsync(http, client, target, body is { IsEmpty: false } taken ? new RequestBody(http, taken) : null, change);
    }

    /// <summary>
    /// The first value, as net/http reads it. It is UTF-8 to Go, which cuts Unicode's white space off and lowers the dotted capital I
    /// to i (mime.ParseMediaType): what looks like no form here must not be one there.
    /// </summary>
    private static string? ContentType(IHeaderDictionary headers)
    {
        var values = headers.ContentType;
        var first = values.Count > 0 ? values[0] : null;
        return first is null || Ascii.IsValid(first)
            ? first
            : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(first)).Trim().Replace('\u0130', 'i');
    }

    /// <summary>Reads a body, but not much more than <paramref name="limit"/> bytes of it.</summary>
    private static async Task<(ReadOnlyMemory<byte> Body, bool IsWhole)> ReadAsync(HttpContext http, int limit)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(http.RequestAborted);
            foreach (var memory in result.Buffer) bytes.Write(memory.Span);
            reader.AdvanceTo(result.Buffer.End);
            // Also where all of it has come at once: what becomes of a body must not depend on how it was cut.
            if (bytes.WrittenCount > limit) return (bytes.WrittenMemory, false);
            if (result.IsCompleted) return (bytes.WrittenMemory, true);
        }
    }

    private static async Task DrainAsync(HttpContext http)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(http.RequestAborted);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }
}
