namespace DockerGuardProxy.Guard;

/// <summary>The room that one body takes among all that are kept, from before its first byte until nobody needs it any more.</summary>
internal sealed class BodyRoom(KeptBodies all)
{
    private int _bytes;

    /// <summary>Takes room for so many bytes in all; false, and no more taken than before, where there is too little.</summary>
    public bool TryGrow(int bytes)
    {
        if (!all.TryTake(bytes - _bytes)) return false;
        _bytes = bytes;
        return true;
    }

    /// <summary>Returns it, once: the next is for nothing.</summary>
    public void Return() => all.Return(Interlocked.Exchange(ref _bytes, 0));
}
