using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Configuration;

/// <summary>The log on standard error.</summary>
/// <param name="Level">The least level of the product's own lines that are written.</param>
internal sealed record LogOptions(LogLevel Level)
{
    public static LogOptions Default { get; } = new(LogLevel.Information);
}
