namespace DockerGuardProxy.Calls;

/// <summary>
/// A watched call under way. Each client connection has one, in HTTP/2 each stream, and uses it again for its next call: watching must not
/// allocate.
/// </summary>
internal sealed class LongCall
{
    public LongCall() => Node = new LinkedListNode<LongCall>(this);

    /// <summary>Its place among the open ones.</summary>
    public LinkedListNode<LongCall> Node { get; }

    /// <summary>Its row; null before the first call.</summary>
    public CallRow? Row { get; set; }

    /// <summary>The target as it came.</summary>
    public string Target { get; set; } = "";

    /// <summary>Timestamp of its arrival.</summary>
    public long Began { get; set; }
}
