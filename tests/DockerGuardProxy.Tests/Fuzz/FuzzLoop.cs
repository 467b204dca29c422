using System.Diagnostics;

namespace DockerGuardProxy.Tests.Fuzz;

/// <summary>Has a target read changed inputs of its corpus, and goes on from those that led to something new.</summary>
/// <param name="target">The target.</param>
/// <param name="corpus">Where it begins.</param>
/// <param name="seed">For the same seed and corpus the same is tried.</param>
internal sealed class FuzzLoop(FuzzTarget target, IReadOnlyList<byte[]> corpus, int seed)
{
    private readonly Random _random = new(seed);
    private readonly byte[] _seen = Coverage.Nothing();
    private readonly List<byte[]> _inputs = [];

    /// <summary>How often the target has read something.</summary>
    public long Runs { get; private set; }

    /// <summary>Reads the corpus as it is, then changed inputs, so many.</summary>
    /// <exception cref="FuzzException">The target did something that it must not.</exception>
    public void Run(int runs) => Run(() => Runs < runs);

    /// <summary>The same for so long.</summary>
    /// <exception cref="FuzzException">The target did something that it must not.</exception>
    public void Run(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        Run(() => clock.Elapsed < time);
    }

    /// <summary>Inputs that together lead everywhere where all have led; the shortest.</summary>
    public IEnumerable<byte[]> Shortest()
    {
        var seen = Coverage.Nothing();
        foreach (var input in _inputs.OrderBy(input => input.Length))
        {
            if (IsNew(input, seen)) yield return input;
        }
    }

    private void Run(Func<bool> goesOn)
    {
        foreach (var input in corpus) Try(input);
        while (goesOn()) Try(Mutation.Of(Any(), Any(), _random));
    }

    private byte[] Any()
    {
        // Half of them of what was found last: there is most to be found.
        var count = _inputs.Count;
        return count == 0 ? corpus[_random.Next(corpus.Count)]
            : _random.Next(2) == 0 ? _inputs[_random.Next(count)] : _inputs[_random.Next(Math.Max(0, count - 20), count)];
    }

    private void Try(byte[] input)
    {
        Runs++;
        try
        {
            if (IsNew(input, _seen)) _inputs.Add(input);
        }
        catch (Exception e)
        {
            throw new FuzzException(target.Name, input, e);
        }
    }

    private bool IsNew(byte[] input, byte[] seen)
    {
        Coverage.Begin();
        target.Run(input);
        return Coverage.AddTo(seen);
    }
}
