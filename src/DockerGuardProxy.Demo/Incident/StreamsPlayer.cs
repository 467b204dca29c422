namespace DockerGuardProxy.Demo.Incident;

/// <summary>
/// Plays a client that does not read on one socket:
/// 1. it attaches to a container that writes, reads a little, and reads no more;
/// 2. somebody kills the container, and its end is waited for;
/// 3. if that has come, the client reads on to the end of its stream; if not, it is ended.
/// </summary>
/// <param name="options">Of them the caller's patience.</param>
/// <param name="time">Clock.</param>
internal sealed class StreamsPlayer(DemoOptions options, TimeProvider time)
{
    private const int FirstBytes = 1024;

    // Far more than a slow machine takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Plays one side.</summary>
    /// <param name="name">For the reader.</param>
    /// <param name="engine">A fresh engine, prepared.</param>
    /// <param name="socket">Where the client goes, and all others.</param>
    /// <param name="watched">How long the container's end is waited for.</param>
    /// <param name="status">Asks the proxy for its view, before the client reads on.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="IOException">The client's stream has a gap.</exception>
    public async Task<StreamsHalf> PlayAsync(
        string name, IUnreadEngine engine, string socket, TimeSpan watched, Func<Task<string>> status, CancellationToken cancellationToken)
    {
        using var calls = new DockerCalls(socket);

        // 1.
        using var client = await UnreadClient.AttachAsync(socket, engine.Writer, cancellationToken);
        await engine.WriteAsync(cancellationToken);
        await client.ReadAsync(FirstBytes, cancellationToken);
        await engine.BlockedAsync(cancellationToken);

        // 2.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var killedAt = time.GetTimestamp();
        var kill = KillAsync(calls, engine.Writer, ended.Token);
        var died = await Wait.UntilAsync(HasEndedAsync, watched, time, cancellationToken);

        // Its answer follows the end on the spot.
        if (died is not null) await Wait.UntilAsync(() => kill.IsCompleted, Limit, time, cancellationToken);
        TimeSpan? killed = kill.IsCompletedSuccessfully ? time.GetElapsedTime(killedAt, kill.Result) : null;
        var inspect = await new CallTimer(options.LookPatience, time)
            .TakenAsync(patience => calls.GetAsync($"containers/{engine.Writer}/json", patience), cancellationToken);
        var view = await status();

        // 3.
        long? last = died is null ? null : await client.ReadToEndAsync(cancellationToken);
        client.Dispose();
        TimeSpan? cured = died is null ? await Wait.UntilAsync(HasEndedAsync, Limit, time, cancellationToken) : null;
        await ended.CancelAsync();
        await ((Task)kill).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new StreamsHalf
        {
            Name = name,
            Watched = watched,
            Died = died,
            Killed = killed,
            Inspect = inspect,
            LastNumber = last,
            Cured = cured,
            Status = view,
        };

        async Task<bool> HasEndedAsync() => !await engine.IsRunningAsync(cancellationToken);
    }

    /// <returns>When the answer came.</returns>
    private async Task<long> KillAsync(DockerCalls calls, string container, CancellationToken cancellationToken)
    {
        using var answer = await calls.PostAsync($"containers/{container}/kill", cancellationToken);
        answer.EnsureSuccessStatusCode();
        return time.GetTimestamp();
    }
}
