namespace DockerGuardProxy.Bench;

/// <summary>How much of everything.</summary>
internal sealed record BenchSettings
{
    /// <summary>A whole run.</summary>
    public static BenchSettings Whole { get; } = new();

    /// <summary>Only proves that every row runs; its figures mean nothing.</summary>
    public static BenchSettings Quick { get; } = new()
    {
        Rounds = 1, LoadTime = TimeSpan.FromSeconds(0.1), Containers = 10, BulkBytes = 16 << 20, Execs = 2, Streams = 100, Held = 50, Joined = 400,
        StuckContainers = 5, StuckTasks = 500, Incident = TimeSpan.FromSeconds(3), LedgerEntries = 1000, Decisions = 20_000, Starts = 1,
        Requests = 5000,
        Settle = TimeSpan.FromSeconds(0.3),
    };

    /// <summary>Another build of the product, to be measured beside this one; null for none.</summary>
    public string? Beside { get; init; }

    public int Rounds { get; init; } = 5;

    /// <summary>Of one load of one peer in one round.</summary>
    public TimeSpan LoadTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Until memory is read: what a load leaves behind is freed by then.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>In the list.</summary>
    public int Containers { get; init; } = 200;

    public long BulkBytes { get; init; } = 1L << 30;

    /// <summary>Of one peer in one round.</summary>
    public int Execs { get; init; } = 20;

    public int Streams { get; init; } = 5000;

    public int Held { get; init; } = 1000;

    /// <summary>In the ledger alone.</summary>
    public int Joined { get; init; } = 4000;

    public int StuckContainers { get; init; } = 50;

    public int StuckTasks { get; init; } = 5000;

    /// <summary>For how long an incident is measured.</summary>
    public TimeSpan Incident { get; init; } = TimeSpan.FromSeconds(30);

    public int LedgerEntries { get; init; } = 10_000;

    public int Decisions { get; init; } = 1_000_000;

    public int Starts { get; init; } = 20;

    public long Requests { get; init; } = 1_000_000;
}
