using System.Globalization;

namespace DockerGuardProxy.Text;

/// <summary>Moments as people read them.</summary>
internal static class UtcTime
{
    /// <summary>To the second: <c>2026-03-01T08:00:01Z</c>.</summary>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
