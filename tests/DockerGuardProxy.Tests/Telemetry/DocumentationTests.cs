using System.Diagnostics.Metrics;
using System.Reflection;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Guard;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DockerGuardProxy.Tests.Telemetry;

/// <summary>What docs/telemetry.md says is all there is.</summary>
public sealed class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(ShippedFileTests.Find("docs/telemetry.md"));

    [Fact]
    public void Every_attribute_is_described()
    {
        var keys = typeof(Keys).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (string)field.GetRawConstantValue()!).ToArray();
        Assert.True(keys.Length > 15);
        Assert.All(keys, key => Assert.Contains($"`{key}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_word_of_an_attribute_is_described()
    {
        Assert.All(
            Enum.GetValues<Reason>().Except([Reason.GuardOff, Reason.Fault]),
            reason => Assert.Contains($"`{Words.Of(reason)}`", Page, StringComparison.Ordinal));
        Assert.All(
            Enum.GetValues<PermitReason>().Except([PermitReason.None]),
            reason => Assert.Contains($"`{Words.Of(reason)}`", Page, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<PermitVerdictKind>(), decision => Assert.Contains($"`{Words.Of(decision)}`", Page, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<VerdictKind>(), decision => Assert.Contains($"`{Words.Of(decision)}`", Page, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<DiagnosisKind>(), diagnosis => Assert.Contains($"`{Words.Of(diagnosis)}`", Page, StringComparison.Ordinal));
        Assert.All(CallTable.Docker.Rows.Select(row => row.Name).OfType<string>(), name => Assert.Contains($"`{name}`", Page,
            StringComparison.Ordinal));
    }

    [Fact]
    public void Every_instrument_is_described()
    {
        var names = new List<string>();
        using var instrumentation = new Instrumentation();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter == instrumentation.Meter)
                    names.Add(instrument.Name);
            },
        };
        listener.Start();
        using var rig = new LedgerRig();
        using var folder = new TempFolder();
        var engine = new FakeEngine();
        using var watch = new EngineVitalsWatch(engine, engine, new EngineVitalsReader(new ProcRoot(), folder["engine.sock"]), rig.Time);
        _ = new CallTelemetry(instrumentation, 0, rig.Time);
        var index = new ContainerIndex(NullLogger<ContainerIndex>.Instance);
        _ = new GuardGauges(instrumentation, rig.Ledger, new PileUpWatch(rig.Time), new BypassWatch(index, rig.Time), new FaultCount(), rig.Time);
        _ = new StreamTelemetry(instrumentation, new StalledStreams(new RestBudget()));
        using var permits = new DockerGuardProxy.Tests.Guard.Permits.PermitRig();
        _ = new LockGauges(instrumentation, permits.Keeper, index, rig.Time);
        _ = new EngineGauges(instrumentation, watch, index);
        _ = new ConfigurationGauges(instrumentation, ConfigurationStore.Start(folder.With("{}").Sources, rig.Time, NullLogger.Instance));
        Assert.True(names.Count > 18);
        Assert.All(names, name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_log_event_is_described_and_no_id_is_used_twice()
    {
        var events = typeof(Keys).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .ToArray();
        Assert.True(events.Length > 30);
        Assert.Equal(events.Length, events.Select(happened => happened.EventId).Distinct().Count());
        Assert.All(
            events,
            happened => Assert.Contains(
                $"| {happened.EventId} | {happened.Level.ToString().ToLowerInvariant()} | {happened.Message} |", Page, StringComparison.Ordinal));
    }
}
