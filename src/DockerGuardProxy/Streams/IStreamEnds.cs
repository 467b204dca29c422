namespace DockerGuardProxy.Streams;

/// <summary>The two ends between which a <see cref="StreamPump"/> copies.</summary>
internal interface IStreamEnds
{
    /// <summary>Waits, without a buffer, until the engine's side can be read; where that can't be had, does not wait.</summary>
    public ValueTask WaitAsync();

    /// <summary>Reads from the engine.</summary>
    /// <returns>How many bytes have come; 0 at the end.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>True if more is there already, so that a buffer is worth keeping.</summary>
    public bool HasMore { get; }

    /// <summary>Sends all of it to the client.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Closes the engine's side alone; a read that is under way ends.</summary>
    public void CloseEngine();
}
