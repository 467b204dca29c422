using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Tests.Streams;

/// <summary>Two ends that do as the test says: what the engine gives, and when the client takes it.</summary>
internal sealed class FakeEnds : IStreamEnds
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _given = new();
    private readonly List<byte> _taken = [];
    private TaskCompletionSource _more = NewSource();
    private TaskCompletionSource? _sending;
    private bool _isAtEnd;
    private bool _isClosed;
    private bool _isClientGone;
    private Exception? _fault;

    /// <summary>The client takes what is sent at once.</summary>
    public bool IsReading { get; set; } = true;

    /// <summary>A send waits for the client.</summary>
    public bool IsSending
    {
        get
        {
            lock (_gate) return _sending is not null;
        }
    }

    /// <summary>How many reads of the engine's side are under way; more than one is a fault.</summary>
    public int Readers { get; private set; }

    /// <summary>There were two at once.</summary>
    public bool HadTwoReaders { get; private set; }

    public bool IsEngineClosed
    {
        get
        {
            lock (_gate) return _isClosed;
        }
    }

    /// <summary>What has gone to the client.</summary>
    public byte[] Taken
    {
        get
        {
            lock (_gate) return [.. _taken];
        }
    }

    public bool HasMore
    {
        get
        {
            lock (_gate) return _given.Count > 0;
        }
    }

    /// <summary>The engine sends.</summary>
    public void Give(params byte[] bytes) => Change(() => _given.Enqueue(bytes));

    /// <summary>The engine ends its side, or breaks off.</summary>
    public void End(Exception? fault = null) => Change(() => (_isAtEnd, _fault) = (true, fault));

    /// <summary>The client takes what is being sent.</summary>
    public void Take() => Finish(null);

    /// <summary>The client is gone: what is being sent fails, and whatever follows.</summary>
    public void Leave()
    {
        lock (_gate) _isClientGone = true;
        Finish(new IOException("gone"));
    }

    public async ValueTask WaitAsync()
    {
        Task more;
        lock (_gate) more = _given.Count > 0 || _isAtEnd || _isClosed ? Task.CompletedTask : _more.Task;
        await more;
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        lock (_gate) HadTwoReaders |= ++Readers > 1;
        try
        {
            await WaitAsync();
            lock (_gate)
            {
                if (_isClosed) throw new IOException("closed");
                if (_given.Count == 0) return _fault is null ? 0 : throw _fault;
                var first = _given.Dequeue();
                var count = Math.Min(first.Length, buffer.Length);
                first.AsSpan(0, count).CopyTo(buffer.Span);
                if (count < first.Length)
                {
                    byte[][] rest = [first[count..], .. _given];
                    _given.Clear();
                    foreach (var piece in rest) _given.Enqueue(piece);
                }

                return count;
            }
        }
        finally
        {
            lock (_gate) Readers--;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Task sending;
        lock (_gate)
        {
            if (_isClientGone) return ValueTask.FromException(new IOException("gone"));
            if (IsReading)
            {
                _taken.AddRange(bytes.Span);
                return default;
            }

            sending = (_sending = NewSource()).Task;
        }

        return new(GoOnAsync());

        async Task GoOnAsync()
        {
            await sending;
            lock (_gate) _taken.AddRange(bytes.Span);
        }
    }

    public void CloseEngine() => Change(() => _isClosed = true);

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            change();
            (more, _more) = (_more, NewSource());
        }

        more.SetResult();
    }

    private void Finish(Exception? fault)
    {
        TaskCompletionSource? sending;
        lock (_gate) (sending, _sending) = (_sending, null);
        if (fault is null) sending?.SetResult();
        else sending?.SetException(fault);
    }
}
