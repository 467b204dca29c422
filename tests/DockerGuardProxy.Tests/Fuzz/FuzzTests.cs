using System.Globalization;
using Xunit;

namespace DockerGuardProxy.Tests.Fuzz;

/// <summary>
/// What reads bytes of strangers, with changed inputs of its corpus: a fixed number with a fixed seed; or, in a program that tests/fuzz/guided has
/// instrumented, for minutes, guided by what they lead to.
/// </summary>
public sealed class FuzzTests
{
    private const int Runs = 20_000;

    /// <summary>Set by tests/fuzz/guided: minutes for each target, and the targets; none are all.</summary>
    private static readonly string? Minutes = Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_FUZZ_MINUTES");
    private static readonly string? Chosen = Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_FUZZ_TARGETS");

    /// <summary>Their names.</summary>
    public static TheoryData<string> Targets =>
        [.. FuzzTargets.All.Select(target => target.Name).Where(name => Chosen is null or "" || Chosen.Split(' ').Contains(name))];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Whatever_the_bytes_are(string name)
    {
        var target = FuzzTargets.All.Single(target => target.Name == name);
        var corpus = Corpus.Read(name);
        if (Minutes is null)
        {
            new FuzzLoop(target, corpus, seed: 1).Run(Runs);
            return;
        }

        var loop = new FuzzLoop(target, corpus, Environment.TickCount);
        try
        {
            loop.Run(TimeSpan.FromMinutes(double.Parse(Minutes, CultureInfo.InvariantCulture)));
        }
        catch (FuzzException e)
        {
            TestContext.Current.SendDiagnosticMessage($"kept as {Corpus.Keep(Corpus.FaultsOf(name), e.Input)}");
            throw;
        }

        // Small, for the sources: what only long inputs lead to is found anew.
        var kept = loop.Shortest().Where(input => input.Length <= 512).ToList();
        Console.WriteLine($"{name}: {loop.Runs} runs, {corpus.Count} inputs before, {kept.Count} that lead everywhere now");

        // A program that is not instrumented has led nowhere.
        Assert.NotEmpty(kept);
        Corpus.Replace(name, kept);
    }
}
