namespace DockerGuardProxy.Guard;

/// <summary>
/// How many bytes of bodies are kept for calls that are not sent yet, of all callers together, those that are still being read among them.
/// Terminating calls have no body, or a small form; one may have up to <see cref="Calls.CallClassifier.MaxFormBytes"/> all the same, and many
/// such, of which one connection of HTTP/2 has 250 at a time, would fill the memory.
/// </summary>
internal sealed class KeptBodies
{
    /// <summary>The most that is kept, in bytes.</summary>
    public const long MaxBytes = 64 << 20;

    private long _bytes;

    /// <summary>What is kept now, in bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes room for a body; false, and nothing taken, where there is too little.</summary>
    public bool TryTake(int bytes)
    {
        if (bytes == 0 || Interlocked.Add(ref _bytes, bytes) <= MaxBytes) return true;
        Return(bytes);
        return false;
    }

    /// <summary>Returns what was taken. Once only.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}
