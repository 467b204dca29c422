using System.Diagnostics;
using System.Net.Sockets;
using Xunit;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>
/// Many short calls at an even rate, each on a connection of its own and without a second try, as curl and short-lived CLIs make them.
/// </summary>
internal sealed class ShortCalls : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end = new();
    private readonly List<Task<ShortCall>> _calls = [];
    private readonly int _perSecond;
    private readonly Task _loop;

    private ShortCalls(string socket, int perSecond)
    {
        _perSecond = perSecond;
        _loop = Task.Run(() => CallAsync(socket));
    }

    /// <summary>Begins to call.</summary>
    public static ShortCalls Start(string socket, int perSecond) => new(socket, perSecond);

    /// <summary>One call.</summary>
    public static async Task<ShortCall> PingAsync(string socket)
    {
        using var limit = new CancellationTokenSource(Limit);
        var clock = Stopwatch.StartNew();
        try
        {
            using var client = await RawClient.ConnectAsync(socket);
            if (!await client.SendAsync("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"u8.ToArray()))
                return new ShortCall(clock.Elapsed, "closed before the request was sent");
            var status = await client.LineAsync(limit.Token);
            return new ShortCall(clock.Elapsed, status == "HTTP/1.1 200 OK" ? null : status ?? "closed without an answer");
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return new ShortCall(clock.Elapsed, e.Message);
        }
    }

    /// <summary>Waits for the calls made so far, keeps the figures, and fails if one was lost.</summary>
    /// <param name="what">What was done meanwhile.</param>
    public async Task RecordAsync(string what)
    {
        // What comes right after it counts too.
        await Task.Delay(TimeSpan.FromSeconds(1));
        Task<ShortCall>[] made;
        lock (_calls)
        {
            made = [.. _calls];
            _calls.Clear();
        }

        var calls = await Task.WhenAll(made);
        var lost = calls.Where(call => call.Fault is not null).ToArray();
        Figures.Record($"{what} at {_perSecond} calls/s: calls, lost", $"{calls.Length}, {lost.Length}");
        Figures.Record($"{what}: longest call, from its connect on", calls.Max(call => call.Took));
        Assert.True(lost.Length == 0, $"{lost.Length} of {calls.Length} lost: {string.Join("; ", lost.Select(call => call.Fault).Distinct())}");
        Assert.True(calls.Length > _perSecond / 2, $"only {calls.Length} calls were made");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        await Task.WhenAll(_calls);
        _end.Dispose();
    }

    private async Task CallAsync(string socket)
    {
        var clock = Stopwatch.StartNew();
        for (var count = 0; !_end.IsCancellationRequested; await Task.Delay(2))
        {
            // Whatever the timer's grain, the rate is kept.
            for (; count < clock.Elapsed.TotalSeconds * _perSecond; count++)
            {
                var call = PingAsync(socket);
                lock (_calls) _calls.Add(call);
            }
        }
    }
}

/// <summary>A call that has ended.</summary>
/// <param name="Took">From its connect on.</param>
/// <param name="Fault">Why it is lost; null if it was answered.</param>
internal sealed record ShortCall(TimeSpan Took, string? Fault);
