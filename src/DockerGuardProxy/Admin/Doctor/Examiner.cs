using System.Text.Json;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Files;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>
/// Looks at everything that an installation needs: (1) what the proxy says, or else its configuration; (2) what the engine answers; (3) who is
/// connected to its socket, twice, as clients come and go; (4) the processes and containers of the node. Each part may fail, and then the
/// others count.
/// </summary>
/// <param name="admin">Path of the admin socket.</param>
/// <param name="sources">What a start would read, where the proxy can't be asked.</param>
/// <param name="procfs">Folder of procfs.</param>
/// <param name="time">Parts the looks.</param>
internal sealed class Examiner(string admin, ConfigurationSources sources, string procfs, TimeProvider time)
{
    /// <summary>Between the two looks at the engine's connections: what is left without a client that long is kept.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);

    /// <summary>A read below /proc, or of a container's mount, may block.</summary>
    private static readonly TimeSpan NodeLimit = TimeSpan.FromSeconds(20);

    /// <summary>Looks.</summary>
    public async Task<Examination> ExamineAsync(CancellationToken cancellationToken)
    {
        // 1.
        var (found, enginePath, pidFile, listen) = await AskProxyAsync(cancellationToken);

        // 2.
        var engine = await EngineQuestions.AskAsync(new EngineExamination { Path = enginePath, PidFile = pidFile }, cancellationToken);

        // 3.
        var file = SocketFile.Identity(enginePath);
        var first = UnixDiagnostics.Of(file);
        await Task.Delay(Apart, time, cancellationToken);
        var second = UnixDiagnostics.Of(file);
        var connections = EngineConnections.Of(first) is null || EngineConnections.Of(second) is null
            ? null
            : first!.Union(second!).Where(socket => !socket.Listens).ToArray();
        engine = engine with
        {
            Peerless = connections is null ? null : first!.Intersect(second!).Count(socket => socket is { Listens: false, Peer: 0 }),
        };

        // 4.
        found = found with { Engine = engine };
        try
        {
            var node = new NodeLook(procfs, listen, file);
            return await Task.Run(() => node.Look(found, connections), cancellationToken).WaitAsync(NodeLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return found with { Sockets = [.. listen.Select(path => new ServedSocket(path, SocketFile.Identity(path).Inode != 0, null))] };
        }
    }

    private async Task<(Examination Found, string Engine, string PidFile, IReadOnlyList<string> Listen)> AskProxyAsync(
        CancellationToken cancellationToken)
    {
        var found = new Examination { OwnPid = Environment.ProcessId };
        using var proxy = new AdminClient(admin);
        try
        {
            var status = proxy.Read(await proxy.AskAsync(HttpMethod.Get, "/v1/status", cancellationToken), ReportJson.Default.StatusReport);
            var settings = proxy.Read(
                await proxy.AskAsync(HttpMethod.Get, "/v1/configuration", cancellationToken), ReportJson.Default.EffectiveConfigurationReport);
            return (found with { Proxy = status }, status.Engine.Path, PidFileOf(settings.Configuration), status.Proxy.Listen.Split(", "));
        }
        catch (AdminException e)
        {
            var loaded = ConfigurationLoader.Load(sources, SmallFile.Read(sources.File));
            var configuration = loaded.Configuration;
            return (
                found with { ProxyError = e.Message, ConfigurationErrors = [.. loaded.Errors.Select(error => Redaction.Text(error.ToString()))] },
                configuration.Engine.Path, configuration.Engine.PidFile, [configuration.Listen.Path]);
        }
    }

    private static string PidFileOf(JsonElement configuration) =>
        configuration.TryGetProperty("engine", out var engine) && engine.TryGetProperty("pidFile", out var file) ? file.GetString() ?? "" : "";
}
