using DockerGuardProxy.Timing;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// A thread of its own that looks at a file system at regular times and when it is asked to. A look that hangs keeps this thread and no other,
/// above all none of the pool that serves calls; whatever is asked meanwhile, however often, is one more look after it.
/// </summary>
internal sealed class LookThread : IDisposable
{
    private const int StackSize = 512 << 10;

    // Under _gate: what is to be done, and whether the thread is to end.
    private readonly object _gate = new();
    private readonly Action<bool> _look;
    private readonly Action<Exception> _onFault;
    private readonly ITimer _timer;
    private bool _isDue;
    private bool _isAsked;
    private bool _hasEnded;

    /// <summary>Starts it.</summary>
    /// <param name="name">Of the thread.</param>
    /// <param name="interval">From one regular look to the next; those that fall into a long one are left out.</param>
    /// <param name="time">Counts it.</param>
    /// <param name="look">The look; told whether it was asked for.</param>
    /// <param name="onFault">Told of a look that threw; the thread goes on.</param>
    public LookThread(string name, TimeSpan interval, TimeProvider time, Action<bool> look, Action<Exception> onFault)
    {
        (_look, _onFault) = (look, onFault);
        new Thread(Run, StackSize) { IsBackground = true, Name = name }.Start();
        _timer = time.CreateSafeTimer(() => Wake(isAsked: false), onFault, interval, interval);
    }

    /// <summary>Wants a look now; never waits.</summary>
    public void Ask() => Wake(isAsked: true);

    /// <summary>No look begins from now on; one that is under way is not waited for.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _hasEnded = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Wake(bool isAsked)
    {
        lock (_gate)
        {
            _isDue = true;
            _isAsked |= isAsked;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (Next() is { } isAsked)
        {
            try
            {
                _look(isAsked);
            }
#pragma warning disable CA1031 // What escapes here ends the process, and with it the node's way to its engine.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _onFault(e);
            }
        }
    }

    private bool? Next()
    {
        lock (_gate)
        {
            while (!_isDue && !_hasEnded)
                Monitor.Wait(_gate);
            if (_hasEnded)
                return null;
            var isAsked = _isAsked;
            _isDue = _isAsked = false;
            return isAsked;
        }
    }
}
