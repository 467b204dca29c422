using System.Diagnostics;
using System.Diagnostics.Metrics;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Telemetry;

/// <summary>What spans and measurements are made with. Nothing is recorded, and next to nothing spent, while nobody listens.</summary>
internal sealed class Instrumentation : IDisposable
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "DockerGuardProxy";

    /// <summary>Makes spans.</summary>
    public ActivitySource Spans { get; } = new(Name, ProductVersion.Number);

    /// <summary>Makes instruments.</summary>
    public Meter Meter { get; } = new(Name, ProductVersion.Number);

    public void Dispose()
    {
        Spans.Dispose();
        Meter.Dispose();
    }
}
