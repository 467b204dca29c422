using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Route;

/// <summary>Sends each call on its way: terminating calls to the guard, all others straight to the engine.</summary>
internal sealed class CallRouter(
    PassThrough passThrough, GuardedCalls guard, LockGate gate, Exempted exempted, ContainerIndex index, BypassWatch bypass, PileUpWatch pileUp,
    StreamCalls streams, FailOpen failOpen)
{
    /// <summary>What is kept of a body that can't matter. The engine does not read it either.</summary>
    private const int MaxOtherBody = 64 * 1024;

    public Task ServeAsync(CallContext call)
    {
        var http = call.Http;
        var features = http.Features;
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        var target = call.Way.TargetAsSent ?? request.RawTarget;
        var hasBody = features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;
        var row = failOpen.Try("classifier", (request.Method, target), static it => CallTable.Docker.Match(it.Method, it.target).Row, null);
        if (row is { Family: Family.Ending } && !IsExempt(call, row, target))
        {
            var classified = failOpen.Try(
                "classifier",
                (request, target, hasBody),
                static it => CallClassifier.Classify(it.request.Method, it.target, ContentType(it.request.Headers), it.hasBody),
                Classification.Passes);
            if (classified.Kind != ClassificationKind.Passes) return ServeActionAsync(http, call.Way, target, hasBody, classified);
        }

        if (row is { IsWatched: true }) return WatchAsync(call, target, hasBody, row);

        var change = row is { Changes: not null } ? ChangeOf(request.Method, target) : null;
        return passThrough.ForwardAsync(http, call.Way, target, hasBody ? new SentBody(null, change?.Body) : null, change);
    }

    private bool IsExempt(CallContext call, CallRow row, string target) => exempted.Any && failOpen.Try(
        "index",
        (exempted, index, call, row, target),
        static it => it.exempted.Is(it.call.Caller, it.index.Resolve(it.row.ReferenceIn(it.target)).Container),
        false);

    private async Task WatchAsync(CallContext call, string target, bool hasBody, CallRow row)
    {
        var permit = row.IsCounted ? new PermitCall(call.Caller) : null;
        if (permit is not null && !await MayBeSentAsync(call, permit, row, target)) return;

        failOpen.Try("pile-up watch", (pileUp, call, row, target), static it => it.pileUp.Begin(it.call.LongCall, it.row, it.target));

        // HTTP/2 has no hijack, and of its one connection for all calls none can be left behind.
        var link = call.Way as EngineLink;
        var stream = link is not null && row is { Stream: StreamKind.Attach or StreamKind.Exec }
            ? streams.Begin(row, target, link.Client.Socket)
            : null;
        if (link is not null) link.Watched = stream;
        if (stream is not null && permit is { IsHolderAtStart: true }) stream.OnBegun = () => gate.Begun(permit);
        var told = link is not null && permit is { IsHoldable: true } ? new ToldCall(permit, link, gate, call.Http.RequestAborted) : null;
        try
        {
            var change = row.Changes is null ? null : ChangeOf(call.Http.Request.Method, target);
            IAnswerWatch? watch = row.MakesExec ? new GlanceWatch(streams.OwnerLearner(row, target)) : change;
            if (permit is not null) watch = new PermitWatch(gate, permit, watch);
            told?.Begin();
            call.Told = told;
            await passThrough.ForwardAsync(call.Http, call.Way, target, hasBody ? new SentBody(null, change?.Body) : null, watch);
            if (told is { Outcome: { } outcome }) await TellAsync(call, outcome);
        }
        finally
        {
            call.Told = null;
            told?.Dispose();
            if (link is not null) link.Watched = null;
            if (stream is not null) streams.End(stream);
            if (permit is not null && told is not { IsLeft: true }) gate.Ended(permit);
            failOpen.Try("pile-up watch", (pileUp, call), static it => it.pileUp.End(it.call.LongCall));
        }
    }

    private async ValueTask<bool> MayBeSentAsync(CallContext call, PermitCall permit, CallRow row, string target)
    {
        var outcome = gate.Arrive(permit, row, target);
        if (outcome.Kind == PermitOutcomeKind.Held)
        {
            // The call is taken up from here on: its client may leave, and whoever waits for it learns so.
            call.Way.Deliver();
            try
            {
                outcome = await permit.Waiter!.Task.WaitAsync(call.Http.RequestAborted);
                if (outcome.Kind == PermitOutcomeKind.Send) call.Http.RequestAborted.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException)
            {
                gate.Withdraw(permit);
                return false;
            }
        }

        if (outcome.Kind == PermitOutcomeKind.Send) return true;
        await TellAsync(call, outcome);
        return false;
    }

    private static Task TellAsync(CallContext call, PermitOutcome outcome)
    {
        call.Http.Response.Clear();
        return OutcomeAnswer.RefuseAsync(
            call.Http, PermitAnswer.DecisionOf(outcome), PermitAnswer.RetryAfterOf(outcome), PermitAnswer.BodyOf(outcome));
    }

    /// <remarks>A body that was read, even one of no bytes, is framed as its head says: whoever sends that head sends its end as well.</remarks>
    private async Task ServeActionAsync(HttpContext http, IEngineWay way, string target, bool hasBody, Classification classified)
    {
        var isForm = classified.Kind == ClassificationKind.NeedsBody;
        var body = hasBody ? new ReadBody(guard.Bodies) : null;
        var isGuards = false;
        try
        {
            if (body is not null) await body.ReadAsync(http, isForm ? CallClassifier.MaxFormBytes : MaxOtherBody);
            var isDropped = !isForm && body is { End: BodyEnd.TooLong or BodyEnd.WithoutRoom };
            if (isForm)
            {
                classified = failOpen.Try(
                    "classifier",
                    (Router: this, http, target, body),
                    static it => it.Router.ClassifyForm(it.http, it.target, it.body!),
                    Classification.Passes);
            }
            else if (isDropped)
            {
                // The rest is read and dropped: the engine reads none of it, and it must not be a way round the guard.
                await body!.DrainAsync(http);
                RequestHead.DropBody(http);
            }

            if (classified is { Kind: ClassificationKind.Call, Call: { } call })
            {
                // Of a body that breaks off the engine makes nothing: the call counts by its head alone.
                var counts = body is { End: BodyEnd.BrokenOff } ? ReadOnlyMemory<byte>.Empty : body?.Bytes;
                isGuards = true;
                if (await guard.ServeAsync(http, way, call, target, counts, body?.Room)) return;
                isGuards = false;
            }

            SentBody? rest = body is not null && !isDropped ? new SentBody(body.Bytes, null) : null;
            await passThrough.ForwardAsync(http, way, target, rest, ChangeOf(http.Request.Method, target));
        }
        finally
        {
            if (!isGuards) body?.Room.Return();
        }
    }

    private ChangeWatch? ChangeOf(string method, string target) => failOpen.Try(
        "index",
        (Router: this, method, target),
        static it => ChangingCall.TryRecognise(it.method, it.target, out var call) ? it.Router.ChangeOf(call) : null,
        null);

    private ChangeWatch ChangeOf(in ChangingCall call) => new(index, bypass, failOpen, call);

    private Classification ClassifyForm(HttpContext http, string target, ReadBody body)
    {
        var type = ContentType(http.Request.Headers);
        return body.End switch
        {
            BodyEnd.BrokenOff => CallClassifier.ClassifyBrokenForm(target, type),

            // What it asks nobody knows, and it can't be kept, neither held nor beyond its client: it goes on unguarded, as after any other fault.
            BodyEnd.WithoutRoom => throw new InvalidOperationException(
                $"No room for the form of a call that may end a container: {guard.Bodies.Bytes:N0} bytes are kept of others."),
            _ => CallClassifier.ClassifyForm(target, type, body.Bytes.Span),
        };
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
}
