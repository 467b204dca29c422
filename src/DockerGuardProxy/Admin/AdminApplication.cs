using DockerGuardProxy.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Admin;

/// <summary>Finds what answers a request on the admin socket. The routes are few and fixed; ASP.NET Core's routing is left out.</summary>
internal sealed class AdminApplication(AdminApi api, TelemetryPipeline telemetry, ILogger<AdminApplication> logger) : IHttpApplication<HttpContext>
{
    private const string ReleasePrefix = "/v1/release/";

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            await ServeAsync(context);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            AdminLog.Fault(logger, e);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await WriteAsync(context, AdminAnswer.Error(500, "fault of the proxy's own; see its log"));
        }
        catch (OperationCanceledException)
        {
            // The client has left.
        }
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    private Task ServeAsync(HttpContext context)
    {
        // Not Request.Path, in which %2F stays as it is.
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
        return path switch
        {
            "/v1/status" => Get(context, api.Status),
            "/v1/decisions" => Get(context, api.Decisions),
            "/v1/configuration" => Get(context, api.Configuration),
            "/v1/health" => Get(context, AdminApi.Health),
            "/v1/ready" => Get(context, api.Ready),
            "/metrics" when HttpMethods.IsGet(context.Request.Method) => telemetry.Page(context),
            "/v1/reload" => PostAsync(context, api.ReloadAsync),
            _ when path.StartsWith(ReleasePrefix, StringComparison.Ordinal) =>
                PostAsync(context, () => Task.FromResult(api.Release(Uri.UnescapeDataString(path[ReleasePrefix.Length..])))),
            _ => WriteAsync(context, AdminAnswer.Error(404, "no such page")),
        };
    }

    private static Task Get(HttpContext context, Func<AdminAnswer> answer) =>
        HttpMethods.IsGet(context.Request.Method) ? WriteAsync(context, answer()) : RefuseMethodAsync(context, HttpMethods.Get);

    private static async Task PostAsync(HttpContext context, Func<Task<AdminAnswer>> answer)
    {
        if (HttpMethods.IsPost(context.Request.Method))
            await WriteAsync(context, await answer());
        else
            await RefuseMethodAsync(context, HttpMethods.Post);
    }

    private static Task RefuseMethodAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return WriteAsync(context, AdminAnswer.Error(405, $"only {allowed} is served here"));
    }

    private static Task WriteAsync(HttpContext context, AdminAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = "application/json";
        response.ContentLength = answer.Body.Length;
        return response.Body.WriteAsync(answer.Body, context.RequestAborted).AsTask();
    }
}
