using System.Diagnostics.Metrics;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Tests.Guard;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DockerGuardProxy.Tests.Telemetry;

public sealed class GuardGaugesTests
{
    [Fact]
    public void A_collection_looks_at_the_ledger_once()
    {
        var time = new CountingTime();
        using var instrumentation = new Instrumentation();
        using var rig = new LedgerRig();
        using var ledger = new LedgerKeeper(time, GuardPolicies.Default, rig, rig, rig);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == instrumentation.Meter)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.Start();
        _ = new GuardGauges(
            instrumentation, ledger, new PileUpWatch(rig.Time),
            new BypassWatch(new ContainerIndex(NullLogger<ContainerIndex>.Instance), rig.Time), new FaultCount(), rig.Time);
        var asked = time.Asked;
        for (var collection = 1; collection <= 3; collection++)
        {
            listener.RecordObservableInstruments();
            Assert.Equal(asked + collection, time.Asked);
        }
    }

    /// <summary>A look at the ledger asks its clock once.</summary>
    private sealed class CountingTime : TimeProvider
    {
        public int Asked { get; private set; }

        public override long GetTimestamp()
        {
            Asked++;
            return base.GetTimestamp();
        }
    }
}
