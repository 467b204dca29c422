using HdrHistogram;

namespace DockerGuardProxy.Bench.Load;

/// <summary>What one load saw.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Latency">Of each request, in nanoseconds, from its first byte sent to the last one received.</param>
internal sealed record LoadResult(double Seconds, LongHistogram Latency)
{
    public double PerSecond => Latency.TotalCount / Seconds;

    /// <summary>Mean in microseconds.</summary>
    public double Mean => Latency.GetMean() / 1000;

    /// <summary>A percentile in microseconds.</summary>
    public double Percentile(double percentile) => Latency.GetValueAtPercentile(percentile) / 1000.0;
}
