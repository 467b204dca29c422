using System.Globalization;
using System.Text;
using Xunit;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>Measured values: kept in <c>artifacts/figures.txt</c> and shown in the test's output.</summary>
internal static class Figures
{
    private static readonly Lock Gate = new();

    /// <summary>Keeps <paramref name="value"/>; the unit belongs into <paramref name="name"/> or the value.</summary>
    public static void Record(string name, object value)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{TestContext.Current.Test?.TestDisplayName ?? "-"}\t{name}\t{value}");
        lock (Gate)
        {
            var file = Path.Combine(Machine.Repository, "artifacts", "figures.txt");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            // Another process with tests may do so at the same moment: one write at the end, as O_APPEND has it (open(2)).
            using var end = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            end.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {value}");
    }

    /// <summary>Keeps a time in seconds.</summary>
    public static void Record(string name, TimeSpan value) =>
        Record(name, value.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s");
}
