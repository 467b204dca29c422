using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Show;

/// <summary>Where the demo prints: coloured on a terminal, plain elsewhere and under NO_COLOR.</summary>
/// <param name="output">Takes the text.</param>
/// <param name="isColoured">Whether to colour it.</param>
/// <param name="isClosed">Asked after each line: whether nobody reads it.</param>
internal sealed class Screen(TextWriter output, bool isColoured, Func<bool> isClosed)
{
    private const int BarWidth = 24;

    /// <summary>Standard output.</summary>
    public static Screen Console { get; } = new(
        System.Console.Out,
        !System.Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        static () => StandardOutput.IsClosed);

    /// <exception cref="ClosedOutputException">Nobody reads it.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Line(string text = "")
    {
        try
        {
            output.WriteLine(text);
        }
        catch (IOException) when (isClosed())
        {
            throw new ClosedOutputException();
        }

        if (isClosed()) throw new ClosedOutputException();
    }

    /// <inheritdoc cref="Line"/>
    public void Title(string text) => Line(isColoured ? $"\e[1m{text}\e[0m" : text);

    /// <summary>A line of progress.</summary>
    /// <param name="half">Which half.</param>
    /// <param name="sample">The engine now.</param>
    /// <param name="asked">Stops asked for so far.</param>
    /// <param name="all">Stops that will be asked for.</param>
    /// <param name="answers">What came of them.</param>
    public void Progress(string half, Sample sample, int asked, int all, Answers answers)
    {
        var filled = Math.Min(BarWidth, (int)Math.Ceiling((double)BarWidth * sample.Open / all));
        var bar = new string('#', filled).PadRight(BarWidth, '.');
        if (isColoured) bar = $"\e[{(half == "direct" ? 31 : 32)}m{bar}\e[0m";
        Line(
            $"  {half,-8}{sample.At.TotalSeconds,5:0.0} s  asked {asked,4}  in the engine {sample.Open,4} {bar} "
            + $"{sample.Connections,4} connections {sample.Goroutines,5} goroutines  answered {answers.Answered,4}");
    }
}
