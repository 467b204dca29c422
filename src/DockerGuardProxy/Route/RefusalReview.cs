using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Route;

/// <summary>Asks the probe whether the tasks that refusals named still wait though their container has ended.</summary>
internal sealed class RefusalReview(Prober prober, ILogger<RefusalReview> logger) : IRefusalReview
{
    /// <inheritdoc/>
    public async Task<bool> StillWaitAsync(EndedRefusals refusals)
    {
        try
        {
            return await prober.StillWaitAsync(refusals.Named);
        }
#pragma warning disable CA1031 // No thread to be had, for instance.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ProbeLog.Failed(logger, e);
            return false;
        }
    }
}
