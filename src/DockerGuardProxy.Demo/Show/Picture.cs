using System.Globalization;
using System.Text;
using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Show;

/// <summary>Both curves as an SVG: the calls that wait in the engine over time.</summary>
internal static class Picture
{
    private const double Width = 860, Height = 420, Left = 70, Right = 150, Top = 60, Bottom = 60;

    /// <summary>Draws it.</summary>
    public static string Draw(StopHalf direct, StopHalf guarded)
    {
        StopHalf[] halves = [direct, guarded];
        var seconds = halves.Max(static half => half.Samples[^1].At.TotalSeconds);
        var top = Ceiling(halves.Max(static half => half.Worst) * 11 / 10);
        var svg = new StringBuilder();
        Add(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{Height}" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="{Left}" y="26" font-size="17" font-weight="bold" fill="#222">Open calls in the engine for a container that SIGKILL cannot end</text>
            <text x="{Left}" y="45" fill="#666">{direct.Asked} stops; each caller leaves after a while or when it is answered</text>
            """);
        for (var step = 0; step <= 4; step++)
        {
            var y = Y(top * step / 4.0, top);
            Add(svg, $"""
                <path d="M{Left} {y:0.#}H{Width - Right}" stroke="#ddd"/>
                <text x="{Left - 8}" y="{y + 4:0.#}" text-anchor="end" fill="#444">{top * step / 4}</text>
                """);
        }

        for (var second = 0; second <= seconds; second += seconds > 30 ? 5 : 2)
            Add(svg, $"""<text x="{X(second, seconds):0.#}" y="{Height - Bottom + 20}" text-anchor="middle" fill="#444">{second}</text>""");
        Add(svg, $"""
            <text x="{(Left + Width - Right) / 2}" y="{Height - 16}" text-anchor="middle" fill="#444">seconds since the file system hung</text>
            """);

        var thaw = X(direct.ThawAt.TotalSeconds, seconds);
        Add(svg, $"""
            <path d="M{thaw:0.#} {Top}V{Height - Bottom}" stroke="#999" stroke-dasharray="4 4"/>
            <text x="{thaw - 6:0.#}" y="{Top - 4}" text-anchor="end" fill="#666">file system back</text>
            """);
        Curve(svg, direct, "#c0392b", seconds, top, "start", 14);

        // Its end is under the other's fall, so its name stands before it.
        Curve(svg, guarded, "#1e8449", seconds, top, "end", 0);
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Curve(StringBuilder svg, StopHalf half, string colour, double seconds, int top, string anchor, double gap)
    {
        var points = string.Join(' ', half.Samples.Select(sample => Point(sample.At.TotalSeconds, sample.Open, seconds, top)));
        var end = half.Last;
        Add(svg, $"""
            <polyline fill="none" stroke="{colour}" stroke-width="2.5" points="{points}"/>
            <text x="{X(end.At.TotalSeconds, seconds) + gap:0.#}" y="{Y(end.Open, top) - 8:0.#}" text-anchor="{anchor}" fill="{colour}" font-weight="bold">{half.Name}: up to {half.Worst}</text>
            """);
    }

    private static string Point(double second, int waiters, double seconds, int top) =>
        string.Create(CultureInfo.InvariantCulture, $"{X(second, seconds):0.#},{Y(waiters, top):0.#}");

    private static double X(double second, double seconds) => Left + ((Width - Left - Right) * second / seconds);

    private static double Y(double value, int top) => Height - Bottom - ((Height - Top - Bottom) * value / top);

    /// <summary>A round number above, that has quarters.</summary>
    private static int Ceiling(int value)
    {
        var unit = 4;
        while (unit * 10 < value) unit *= 10;
        return Math.Max(4, (value + unit - 1) / unit * unit);
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.AppendLine(text.ToString(CultureInfo.InvariantCulture));
}
