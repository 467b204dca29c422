using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>Finds what a request asks for and answers it (moby api/server/router).</summary>
internal sealed partial class EngineRoutes(SimulatedDaemon daemon, SimulatedEngineOptions options)
{
    private readonly EngineAnswers _answers = new(daemon, options);

    /// <summary>Answers a request, whether or not its client waits for it.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var path = Version().Replace(context.Request.Path.Value ?? "/", "/", 1);
        _answers.AddHeaders(context.Response);
        if (Find(context.Request.Method, path) is not var (operation, name))
        {
            await EngineAnswers.ErrorAsync(context, new EngineException(404, "page not found"));
            return;
        }

        daemon.Counters.Enter(operation);
        try
        {
            await AnswerAsync(context, operation, name);
        }
        catch (EngineException e)
        {
            await EngineAnswers.ErrorAsync(context, e);
        }
        finally
        {
            daemon.Counters.Leave(operation);
        }
    }

    private async Task AnswerAsync(HttpContext context, EngineOperation operation, string name)
    {
        var form = await EngineForm.ReadAsync(context.Request);
        switch (operation)
        {
            case EngineOperation.Ping:
                await EngineAnswers.PingAsync(context);
                return;
            case EngineOperation.Version:
                await _answers.VersionAsync(context);
                return;
            case EngineOperation.Info:
                await _answers.InfoAsync(context);
                return;
            case EngineOperation.Events:
                await _answers.EventsAsync(context, form);
                return;
            case EngineOperation.List:
                await _answers.ListAsync(context, form);
                return;
            case EngineOperation.Inspect:
                await _answers.InspectAsync(context, name);
                return;
            case EngineOperation.Top:
                await _answers.TopAsync(context, name);
                return;
            case EngineOperation.Stats:
                await _answers.StatsAsync(context, name);
                return;
            case EngineOperation.Attach:
                await _answers.AttachAsync(context, name);
                return;
            case EngineOperation.Create:
                await _answers.CreateAsync(context, form);
                return;
            case EngineOperation.Start:
                await daemon.StartAsync(name);
                break;
            case EngineOperation.Stop:
                await daemon.StopAsync(name, form.Integer("t"));
                break;
            case EngineOperation.Kill:
                await daemon.KillAsync(name, form.Text("signal"));
                break;
            case EngineOperation.Restart:
                await daemon.RestartAsync(name, form.Integer("t"));
                break;
            case EngineOperation.Pause:
                await daemon.PauseAsync(name);
                break;
            case EngineOperation.Remove:
                await daemon.RemoveAsync(name, form.Flag("force"));
                break;
            default:
                await daemon.RenameAsync(name, form.Text("name"));
                break;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static (EngineOperation Operation, string Name)? Find(string method, string path)
    {
        var isGet = method is "GET";
        switch (path)
        {
            case "/_ping" when method is "GET" or "HEAD": return (EngineOperation.Ping, "");
            case "/version" when isGet: return (EngineOperation.Version, "");
            case "/info" when isGet: return (EngineOperation.Info, "");
            case "/events" when isGet: return (EngineOperation.Events, "");
            case "/containers/json" when isGet: return (EngineOperation.List, "");
            case "/containers/create" when method is "POST": return (EngineOperation.Create, "");
        }

        if (Container().Match(path) is not { Success: true } match) return null;
        var name = match.Groups["name"].Value;
        return (method, match.Groups["verb"].Value) switch
        {
            ("GET", "json") => (EngineOperation.Inspect, name),
            ("GET", "top") => (EngineOperation.Top, name),
            ("GET", "stats") => (EngineOperation.Stats, name),
            ("POST", "attach") => (EngineOperation.Attach, name),
            ("POST", "pause") => (EngineOperation.Pause, name),
            ("POST", "start") => (EngineOperation.Start, name),
            ("POST", "stop") => (EngineOperation.Stop, name),
            ("POST", "kill") => (EngineOperation.Kill, name),
            ("POST", "restart") => (EngineOperation.Restart, name),
            ("POST", "rename") => (EngineOperation.Rename, name),
            ("DELETE", "") => (EngineOperation.Remove, name),
            _ => null,
        };
    }

    [GeneratedRegex("^/v[0-9.]+/")]
    private static partial Regex Version();

    [GeneratedRegex("^/containers/(?<name>[^/]+)(/(?<verb>json|top|stats|attach|pause|start|stop|kill|restart|rename))?$")]
    private static partial Regex Container();
}
