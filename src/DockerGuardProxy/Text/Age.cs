using System.Globalization;

namespace DockerGuardProxy.Text;

/// <summary>How long something lasts, for people: the two largest units (<c>3d4h</c>, <c>5m12s</c>, <c>9s</c>), cut off below a second.</summary>
internal static class Age
{
    public static string Text(TimeSpan age)
    {
        var seconds = Math.Max(0, (long)age.TotalSeconds);
        return seconds switch
        {
            < 60 => Join(seconds, "s", 0, ""),
            < 3600 => Join(seconds / 60, "m", seconds % 60, "s"),
            < 86_400 => Join(seconds / 3600, "h", seconds % 3600 / 60, "m"),
            _ => Join(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
        };
    }

    private static string Join(long large, string largeUnit, long small, string smallUnit) =>
        small == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}")
            : string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}{small}{smallUnit}");
}
