using System.Runtime.InteropServices;
using System.Text;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Files;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin.Bundle;

/// <summary>
/// Gathers what a bug report needs: (1) what the proxy tells over its admin socket; (2) the configuration, from the proxy or, where it can't be
/// asked, from the file; (3) versions; (4) what the kernel says of the tasks that are stuck. Each part may be missing, and then the others count.
/// </summary>
/// <param name="admin">Path of the admin socket.</param>
/// <param name="sources">What a start would read, where the proxy can't be asked.</param>
/// <param name="procfs">Folder of procfs.</param>
internal sealed class BundleCollector(string admin, ConfigurationSources sources, string procfs)
{
    private string? _unreachable;

    /// <summary>Gathers all.</summary>
    public async Task<BundleContent> CollectAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        var bundle = new BundleContent(time);
        using var proxy = new AdminClient(admin);

        // 1.
        var answer = await AskAsync(proxy, "/v1/status", "status.json", bundle, cancellationToken);
        var status = answer is { } page ? Read(proxy, page, bundle) : null;
        await AskAsync(proxy, "/v1/decisions", "decisions.json", bundle, cancellationToken);
        await AskAsync(proxy, "/metrics", "metrics.txt", bundle, cancellationToken);

        // 2.
        var engine = status?.Engine.Path;
        if (await AskAsync(proxy, "/v1/configuration", "configuration.json", bundle, cancellationToken) is null)
        {
            var loaded = ConfigurationLoader.Load(sources, SmallFile.Read(sources.File));
            engine ??= loaded.Configuration.Engine.Path;
            bundle.Add(
                "configuration-of-file.json",
                EffectiveConfigurationReport.Of("file", sources.File, loaded.Configuration, Environment.GetEnvironmentVariables(), loaded.Errors),
                ReportJson.Default.EffectiveConfigurationReport);
        }

        // 3.
        await AddVersionsAsync(status, engine ?? EngineOptions.Default.Path, bundle, cancellationToken);

        // 4.
        if (status is not null)
            new TaskFiles(procfs).Read(status.Containers.SelectMany(container => container.Tasks), bundle);
        else
            bundle.Miss("evidence", "without the status it is not known which tasks are stuck");
        return bundle;
    }

    private async Task<AdminAnswer?> AskAsync(AdminClient proxy, string path, string name, BundleContent bundle, CancellationToken cancellationToken)
    {
        if (_unreachable is null)
        {
            try
            {
                var answer = await proxy.AskAsync(HttpMethod.Get, path, cancellationToken);
                if (answer.Status == 200)
                {
                    bundle.Add(name, WithoutResource(Encoding.UTF8.GetString(answer.Body.Span)));
                    return answer;
                }

                bundle.Miss(name, $"the proxy answered {answer.Status} to {path}; is it of another version?");
                return null;
            }
            catch (AdminException e)
            {
                // A proxy that hangs is not waited for again and again.
                _unreachable = e.Message;
            }
        }

        bundle.Miss(name, _unreachable);
        return null;
    }

    // The exporter's line with the attributes of OTEL_RESOURCE_ATTRIBUTES, which may be anything.
    private static string WithoutResource(string page) => string.Join(
        '\n',
        page.Split('\n').Select(line => line.StartsWith("target_info{", StringComparison.Ordinal) ? $"target_info{{{Redaction.Mark}}}" : line));

    private static StatusReport? Read(AdminClient proxy, AdminAnswer answer, BundleContent bundle)
    {
        try
        {
            return proxy.Read(answer, ReportJson.Default.StatusReport);
        }
        catch (AdminException e)
        {
            bundle.Miss("evidence", e.Message);
            return null;
        }
    }

    private async Task AddVersionsAsync(StatusReport? status, string engine, BundleContent bundle, CancellationToken cancellationToken)
    {
        EngineGreeting? greeting = null;
        try
        {
            greeting = await EngineGreeting.AskAsync(engine, cancellationToken);
        }
        catch (AdminException e)
        {
            bundle.Miss("the engine's version", e.Message);
        }

        var versions = new VersionsReport(
            VersionsReport.FormatVersion,
            ProductVersion.Number,
            ProductVersion.Commit,
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}",
            status?.Proxy.Version,
            greeting?.Server,
            greeting?.Api,
            Kernel(bundle),
            RuntimeInformation.OSDescription,
            File.Exists("/sys/fs/cgroup/cgroup.controllers") ? "v2" : Directory.Exists("/sys/fs/cgroup/unified") ? "hybrid" : "v1");
        bundle.Add("versions.json", versions, ReportJson.Default.VersionsReport);
    }

    private string? Kernel(BundleContent bundle)
    {
        try
        {
            return File.ReadAllText($"{procfs}/version").TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bundle.Miss("the kernel's version", e.Message);
            return null;
        }
    }
}
