using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>The bodies of answers, in the engine's form.</summary>
internal sealed class EngineAnswers(SimulatedDaemon daemon, SimulatedEngineOptions options)
{
    public void AddHeaders(HttpResponse response)
    {
        response.Headers["Api-Version"] = options.ApiVersion;
        response.Headers["Docker-Experimental"] = "false";
        response.Headers["Ostype"] = "linux";
        response.Headers.Server = $"Docker/{options.Version} (linux)";
    }

    public static Task ErrorAsync(HttpContext context, EngineException error)
    {
        context.Response.StatusCode = error.Status;
        return error.Status == StatusCodes.Status304NotModified
            ? Task.CompletedTask
            : WriteAsync(context, new JsonObject { ["message"] = error.Message });
    }

    public static Task PingAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        return context.Request.Method is "HEAD" ? Task.CompletedTask : context.Response.WriteAsync("OK");
    }

    public Task VersionAsync(HttpContext context) => WriteAsync(context, new JsonObject
    {
        ["Version"] = options.Version,
        ["ApiVersion"] = options.ApiVersion,
        ["MinAPIVersion"] = "1.12",
        ["Os"] = "linux",
        ["Arch"] = "amd64",
    });

    public Task InfoAsync(HttpContext context)
    {
        var all = daemon.Containers.All;
        return WriteAsync(context, new JsonObject
        {
            ["ID"] = "SIMULATED",
            ["Name"] = "simulated",
            ["ServerVersion"] = options.Version,
            ["Debug"] = true,
            ["NFd"] = daemon.Counters.Connections,
            ["NGoroutines"] = daemon.Counters.Goroutines,
            ["Containers"] = all.Count,
            ["ContainersRunning"] = all.Count(static container => container.IsRunning),
            ["OSType"] = "linux",
        });
    }

    /// <summary>A stream: its head goes out at once, one line for each event, until the client leaves.</summary>
    public async Task EventsAsync(HttpContext context, EngineForm form)
    {
        var filters = EngineFilters.Parse(form.Text("filters"));
        var left = ClientEnd.Of(context);
        var (events, end) = daemon.Events.Listen(Since(form.Text("since")));
        try
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.FlushAsync(left);
            await foreach (var entry in events.ReadAllAsync(left))
            {
                if (!filters.Accepts("type", "container") || !filters.Accepts("event", entry.Action) || !filters.Accepts("container", entry.Id))
                    continue;
                await context.Response.WriteAsync(entry.ToJson() + "\n", left);
                await context.Response.Body.FlushAsync(left);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has left.
        }
        finally
        {
            end();
        }
    }

    /// <summary>Takes no container's lock, as the engine's own list.</summary>
    public Task ListAsync(HttpContext context, EngineForm form)
    {
        var filters = EngineFilters.Parse(form.Text("filters"));
        var withStopped = form.Flag("all") || filters.Has("status");
        var all = daemon.Containers.All;
        var shown = all.Where(container => (withStopped || container.IsRunning) && filters.Accept(container, all));
        return WriteAsync(context, new JsonArray([.. shown.Select(static JsonNode (container) => ContainerJson.Line(container))]));
    }

    /// <summary>Takes the container's lock: it hangs as long as a signal is being sent.</summary>
    public async Task InspectAsync(HttpContext context, string name) =>
        await WriteAsync(context, ContainerJson.Whole(await daemon.LookAsync(name)));

    public async Task TopAsync(HttpContext context, string name) => await WriteAsync(context, ContainerJson.Top(await daemon.TopAsync(name)));

    /// <summary>One sample, as with <c>stream=0</c>.</summary>
    public async Task StatsAsync(HttpContext context, string name)
    {
        try
        {
            var container = await daemon.StatsAsync(name, ClientEnd.Of(context));
            await WriteAsync(context, ContainerJson.Stats(container, options.Time.GetUtcNow()));
        }
        catch (OperationCanceledException)
        {
            // The client has left.
        }
    }

    /// <summary>The connection becomes the stream, if the client asks for that (<c>Upgrade: tcp</c>); the other forms are left out.</summary>
    public async Task AttachAsync(HttpContext context, string name)
    {
        var container = await daemon.LookAsync(name);
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
            throw new EngineException(400, "the simulated engine attaches only with Upgrade: tcp");
        context.Response.Headers.Upgrade = "tcp";
        context.Response.ContentType = "application/vnd.docker.raw-stream";
        await using var client = await upgrade.UpgradeAsync();
        await SimulatedDaemon.AttachAsync(container, client, ClientEnd.Of(context));
    }

    public async Task CreateAsync(HttpContext context, EngineForm form)
    {
        JsonObject body;
        try
        {
            body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EngineException(400, e.Message);
        }

        var labels = body["Labels"] as JsonObject ?? [];
        var container = daemon.Create(new ContainerSpec
        {
            Name = form.Text("name"),
            Image = (string?)body["Image"] ?? "busybox",
            Labels = labels.ToImmutableSortedDictionary(static label => label.Key, static label => (string?)label.Value ?? ""),
            StopSignal = (string?)body["StopSignal"] is { Length: > 0 } signal ? signal : null,
            StopTimeout = (int?)body["StopTimeout"],
            AutoRemove = (bool?)body["HostConfig"]?["AutoRemove"] ?? false,
        });
        context.Response.StatusCode = StatusCodes.Status201Created;
        await WriteAsync(context, new JsonObject { ["Id"] = container.Id, ["Warnings"] = new JsonArray() });
    }

    private static DateTimeOffset? Since(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    private static Task WriteAsync(HttpContext context, JsonNode body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString() + "\n");
    }
}
