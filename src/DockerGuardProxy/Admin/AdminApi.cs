using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Admin;

/// <summary>What an operator may ask and do, apart from HTTP. Nothing here asks the engine.</summary>
internal sealed class AdminApi(
    StatusSource source, DecisionHistory decisions, ConfigurationStore store, ContainerIndex index, LedgerKeeper ledger, ILogger<AdminApi> logger)
{
    private int _reloading;

    public AdminAnswer Status() => AdminAnswer.Of(200, source.Read(), ReportJson.Default.StatusReport);

    /// <summary>The last decisions.</summary>
    public AdminAnswer Decisions() => AdminAnswer.Of(200, decisions.Read(), ReportJson.Default.DecisionsReport);

    /// <summary>The configuration in force, without secrets.</summary>
    public AdminAnswer Configuration()
    {
        var status = store.Status;
        var report = EffectiveConfigurationReport.Of(
            "proxy", status.File, store.Current, Environment.GetEnvironmentVariables(), status.Failure?.Errors ?? []);
        return AdminAnswer.Of(200, report, ReportJson.Default.EffectiveConfigurationReport);
    }

    /// <summary>The process serves requests.</summary>
    public static AdminAnswer Health() => AdminAnswer.Of(200, new StateReport("ok"), ReportJson.Default.StateReport);

    /// <summary>The engine is reachable: 200, else 503.</summary>
    public AdminAnswer Ready() => index.IsReady
        ? AdminAnswer.Of(200, new StateReport("ok"), ReportJson.Default.StateReport)
        : AdminAnswer.Of(503, new StateReport("the engine does not answer"), ReportJson.Default.StateReport);

    /// <summary>
    /// Reads the configuration file anew. One at a time and on a thread of its own: a file system that hangs keeps that one thread, and
    /// none of the pool that serves calls.
    /// </summary>
    public async Task<AdminAnswer> ReloadAsync()
    {
        if (store.HangsSince is { } since)
            return AdminAnswer.Error(409, $"the configuration can't be read: its file system has not answered since {since:u}");
        if (Interlocked.Exchange(ref _reloading, 1) != 0)
            return AdminAnswer.Error(409, "a reload is under way");
        var valid = await Task.Factory.StartNew(Reload, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var status = store.Status;
        var report = new ReloadReport(
            valid,
            valid ? [] : [.. status.Failure?.Errors.Select(error => error.ToString()) ?? []],
            [.. status.PendingRestart.Select(change => change.Key)]);
        return AdminAnswer.Of(valid ? 200 : 422, report, ReportJson.Default.ReloadReport);
    }

    /// <summary>Ends a container's back-off: its next terminating call is sent.</summary>
    /// <param name="reference">Full id, name or unique prefix of an id, as the engine takes it.</param>
    public AdminAnswer Release(string reference)
    {
        var resolution = index.Resolve(reference);
        if (resolution.Kind == ResolutionKind.Ambiguous)
            return AdminAnswer.Error(409, $"more than one container has an id that begins with {reference}");

        var (id, name) = resolution.IsFound ? (resolution.Container.Id, resolution.Container.Name ?? "") : FindInLedger(reference);
        if (id is null)
            return AdminAnswer.Error(404, $"no container is called {reference}");

        var released = ledger.ReleaseBackoff(id);
        if (released)
            AdminLog.Released(logger, LogText.Escape(name), id);
        return AdminAnswer.Of(200, new ReleaseReport(id, name, released), ReportJson.Default.ReleaseReport);
    }

    private bool Reload()
    {
        try
        {
            return store.Reload();
        }
        finally
        {
            Volatile.Write(ref _reloading, 0);
        }
    }

    // While the index has lost the engine, what the ledger keeps is the better knowledge.
    private (string? Id, string Name) FindInLedger(string reference)
    {
        var found = ledger.Snapshot().Containers.FirstOrDefault(
            entry => entry.Container.Id == reference || entry.Container.Name == reference.TrimStart('/'));
        return (found?.Container.Id, found?.Container.Name ?? "");
    }
}
