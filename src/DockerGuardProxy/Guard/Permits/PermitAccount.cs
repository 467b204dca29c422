namespace DockerGuardProxy.Guard.Permits;

/// <summary>What the parts of a ledger have in common: counts, and the turn under way.</summary>
internal sealed class PermitAccount
{
    private PermitTurn? _turn;

    /// <summary>Counted since the process started.</summary>
    public PermitTotals Totals { get; } = new();

    /// <summary>Held callers of the node.</summary>
    public int Waiting { get; set; }

    /// <summary>What the present input leads to.</summary>
    public PermitTurn Turn => _turn ??= new();

    /// <summary>Hands out what the present input has led to; null for nothing, as nearly always.</summary>
    public PermitTurn? EndTurn()
    {
        var turn = _turn;
        _turn = null;
        return turn;
    }
}
