namespace DockerGuardProxy.Listen;

/// <summary>
/// A token that fires once, and not once it is disposed of. Whoever has registered runs inside <see cref="Fire"/> with no lock held, so it may
/// come back to us by any way.
/// </summary>
internal sealed class OneShotToken : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Lock _gate = new();
    private bool _hasFired;
    private bool _isFiring;
    private bool _disposed;

    /// <summary>The token; to be used after <see cref="Dispose"/> too.</summary>
    public CancellationToken Token { get; }

    public OneShotToken() => Token = _source.Token;

    /// <summary>Fires it. What those who have registered throw is thrown here.</summary>
    public void Fire()
    {
        lock (_gate)
        {
            if (_hasFired || _disposed) return;
            _hasFired = _isFiring = true;
        }

        try
        {
            _source.Cancel();
        }
        finally
        {
            bool isLeftToUs;
            lock (_gate)
            {
                _isFiring = false;
                isLeftToUs = _disposed;
            }

            if (isLeftToUs) _source.Dispose();
        }
    }

    /// <summary>Never waits: where it fires now, whoever fires disposes of it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            if (_isFiring) return;
        }

        _source.Dispose();
    }
}
