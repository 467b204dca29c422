namespace DockerGuardProxy.Admin.Report;

/// <summary>The answer of <c>GET /v1/decisions</c>.</summary>
/// <param name="Version">Of this format, by the rule of <see cref="StatusReport"/>.</param>
/// <param name="Time">When it was taken, in UTC.</param>
/// <param name="Total">How many there were since the start.</param>
/// <param name="Decisions">The last of them, the oldest first; at most <see cref="DecisionHistory.Capacity"/>.</param>
internal sealed record DecisionsReport(int Version, DateTimeOffset Time, long Total, IReadOnlyList<DecisionReport> Decisions)
{
    /// <summary>The format that this program writes and reads.</summary>
    public const int FormatVersion = 1;
}
