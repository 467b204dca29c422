namespace DockerGuardProxy.Demo.Incident;

/// <summary>What callers got, behind one lock.</summary>
internal sealed class Answers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _messages = [];
    private int _answered, _refused, _gaveUp;
    private TimeSpan? _first;

    /// <summary>Callers with an answer of any kind.</summary>
    public int Answered
    {
        get { lock (_gate) return _answered; }
    }

    /// <summary>Of those, callers who read why it can't be done.</summary>
    public int Refused
    {
        get { lock (_gate) return _refused; }
    }

    /// <summary>Callers who left without an answer.</summary>
    public int GaveUp
    {
        get { lock (_gate) return _gaveUp; }
    }

    /// <summary>From the incident's begin to the first answer.</summary>
    public TimeSpan? First
    {
        get { lock (_gate) return _first; }
    }

    /// <summary>The texts of refusals, each with how often it came, most frequent first.</summary>
    public IReadOnlyList<(string Text, int Count)> Refusals
    {
        get { lock (_gate) return [.. _messages.Select(static m => (m.Key, m.Value)).OrderByDescending(static m => m.Value)]; }
    }

    public void Add(int status, string message, TimeSpan elapsed)
    {
        lock (_gate)
        {
            _answered++;
            _first ??= elapsed;
            if (status != 503) return;
            _refused++;
            _messages[message] = _messages.GetValueOrDefault(message) + 1;
        }
    }

    public void AddGaveUp()
    {
        lock (_gate) _gaveUp++;
    }
}
