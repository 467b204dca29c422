using System.Collections.Immutable;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.State;

/// <summary>
/// Lets the ledger's evidence outlive the process, so that a restart during an incident costs the engine no call:
/// (1) at start, before anything listens, reads what the process before has left, if it is of this boot and this engine, and gives it to
/// the index and the ledger; (2) while there is evidence, looks once a second and writes what has changed; (3) at the end writes it once
/// more. Where it can't be written the guard works as ever.
/// </summary>
/// <param name="ledger">Whose memory is kept.</param>
/// <param name="evidence">Wakes it.</param>
/// <param name="file">Where it is kept.</param>
/// <param name="boot">The kernel's boot_id; null if it can't be read, and nothing is kept then.</param>
/// <param name="index">Shows the remembered containers running, until the engine's list says otherwise.</param>
/// <param name="engine">Which engine the index follows.</param>
/// <param name="identity">Which engine there is at the start.</param>
/// <param name="vitals">The engine's version.</param>
/// <param name="configuration">Held back where the state is of a newer version.</param>
/// <param name="time">The clock that counts from boot.</param>
/// <param name="logger">Told what is taken over, and what can't be kept.</param>
internal sealed partial class StateKeeper(
    LedgerKeeper ledger,
    EvidenceSignal evidence,
    StateFile file,
    string? boot,
    ContainerIndex index,
    EngineWatch engine,
    IEngineIdentity identity,
    EngineVitalsWatch vitals,
    ConfigurationStore configuration,
    TimeProvider time,
    ILogger logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private StateDocument? _written;
    private byte[]? _bytes;
    private bool _failureTold;
    private bool _dropTold;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Once: started again it would put what was known then in the place of what is known now.
        if (ExecuteTask is null)
            Restore();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Save();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await evidence.WaitAsync(stoppingToken);
            do
            {
                Save();
                await Task.Delay(Pace, time, stoppingToken);
            }
            while (_written is not null);
        }
    }

    private void Restore()
    {
        var (found, error, isNewer) = file.Read();
        if (error is not null)
            NotRead(logger, LogText.Escape(file.Path, 4096), error);
        if (isNewer)
            configuration.HoldBack(HoldBack.NewerState);
        if (found is null)
            return;
        if (found.Boot != boot || found.Engine != identity.Read())
        {
            Outdated(logger);
            return;
        }

        engine.Expect(found.Engine);
        var containers = found.Containers.Select(OfFirstRun).ToImmutableArray();
        index.Seed(containers.Select(remembered => Describe(remembered.Container)));
        ledger.Restore(containers, engineGivesUp: EngineVersion.LeaksForEver(found.EngineVersion) == false);
        _written = found;
        foreach (var remembered in containers)
            Restored(logger, LogText.Escape(remembered.Container.Name), remembered.Container.Id, remembered.EvidenceSinceUtc, remembered.OpenCalls);
        evidence.Give();
    }

    // This process counts the container's runs anew.
    private static RememberedContainer OfFirstRun(RememberedContainer remembered) =>
        remembered with { Container = remembered.Container with { IsRunning = true, Run = 1 } };

    private static Container Describe(GuardedContainer container) => new()
    {
        Id = container.Id,
        Names = container.Name.Length > 0 ? ["/" + container.Name] : [],
        Running = true,
        Run = container.Run,
        StopTimeout = container.StopTimeout is { } timeout ? (long)timeout.TotalSeconds : null,
        StopSignal = container.StopSignal,
        Pod = container.Pod is { } pod ? new PodLabels(pod.Namespace, pod.Name, pod.Uid) : null,
    };

    private void Save()
    {
        try
        {
            var containers = ledger.Remember();
            // An engine that can't be told from its successor can't be known again.
            var document = containers.IsEmpty || boot is null || engine.Instance is not { } instance
                ? null
                : new StateDocument(StateDocument.FormatVersion, boot, instance, VersionOf(instance), containers);
            if (IsSame(document, _written) && !_failureTold)
                return;
            var fitted = document is null ? null : StateFile.Fit(document);
            var dropped = fitted?.Dropped ?? 0;
            if (dropped > 0 && !_dropTold)
                Dropped(logger, dropped, document!.Containers.Length);
            _dropTold = dropped > 0;
            if (fitted is null || !fitted.Bytes.AsSpan().SequenceEqual(_bytes))
                file.Write(fitted?.Bytes);
            (_written, _bytes, _failureTold) = (document, fitted?.Bytes, false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Tried again with the next look.
            if (!_failureTold)
                NotWritten(logger, LogText.Escape(file.Path, 4096), LogText.Escape(fault.Message, 400));
            _failureTold = true;
        }
    }

    private static bool IsSame(StateDocument? one, StateDocument? other) => one is null || other is null
        ? one is null && other is null
        : one with { Containers = [] } == other with { Containers = [] } && one.Containers.SequenceEqual(other.Containers);

    // As long as it is the same process it is of the same version, even where it is too busy to tell.
    private string? VersionOf(EngineInstance instance) =>
        vitals.Info?.Version ?? (_written is { } written && written.Engine == instance ? written.EngineVersion : null);

    [LoggerMessage(1500, LogLevel.Warning, "Container {Name} ({Id}) was stuck before this process began, since {Since:u}; {OpenCalls} calls of an earlier one are open.")]
    private static partial void Restored(ILogger logger, string name, string id, DateTimeOffset since, int openCalls);

    [LoggerMessage(1501, LogLevel.Information, "What the process before knew of stuck containers is of another engine or boot, and is forgotten.")]
    private static partial void Outdated(ILogger logger);

    [LoggerMessage(1502, LogLevel.Error, "The state {File} can't be used: {Problem}. The guard begins anew.")]
    private static partial void NotRead(ILogger logger, string file, string problem);

    [LoggerMessage(1505, LogLevel.Warning, "The state has no room for {Dropped} of {Containers} containers with evidence: those stuck for the shortest time are left out. After a restart the engine would get another call for each.")]
    private static partial void Dropped(ILogger logger, int dropped, int containers);

    [LoggerMessage(1503, LogLevel.Error, "The state can't be kept in {File}: {Problem}. A restart during an incident would cost the engine another call.")]
    private static partial void NotWritten(ILogger logger, string file, string problem);
}
