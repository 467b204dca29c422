using System.Net.Sockets;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Wire;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>
/// Follows the events of all containers, as Traefik and agents do, and compares them with what somebody on the engine's own socket reads: a stream
/// that goes on for as long as nobody cuts it.
/// </summary>
internal sealed class EventsLike(Site site, string name)
{
    private const string Target = "/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D";

    /// <summary>Until the last lines that one of them has read have come to the other.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    /// <summary>Before somebody who was cut off follows again.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    /// <summary>Follows until it is told to end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            List<EventLine> all = [];
            // Ended after the others, so that it knows all that they have read.
            using var end = new CancellationTokenSource();
            using var direct = await OpenAsync(site.Engine.Socket, cancellationToken);
            if (direct is null)
            {
                await Task.Delay(Rest, CancellationToken.None);
                continue;
            }

            // For as long as this one follows, others come and go.
            var following = ReadAsync(direct, all, end.Token);
            while (!cancellationToken.IsCancellationRequested && !following.IsCompleted)
                await FollowAsync(all, following, cancellationToken);
            await end.CancelAsync();
            await following;
        }
    }

    private static async Task<HttpWire?> OpenAsync(string socket, CancellationToken cancellationToken)
    {
        HttpWire? wire = null;
        try
        {
            wire = await HttpWire.ConnectAsync(socket);
            if (await wire.OpenAsync("GET", Target, default, static _ => { }, cancellationToken)) return wire;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Nobody is there.
        }

        wire?.Dispose();
        return null;
    }

    /// <summary>The lines of a stream, until it ends or is ended.</summary>
    private static async Task ReadAsync(HttpWire stream, List<EventLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            while (await stream.LineAsync(cancellationToken) is { } line)
            {
                // Neither the framing between two events, nor the begin of one that was cut.
                if (EventLine.Read(line) is not { } read) continue;
                lock (lines) lines.Add(read);
            }
        }
        catch (OperationCanceledException)
        {
            // Ended.
        }
    }

    private async Task FollowAsync(List<EventLine> all, Task following, CancellationToken cancellationToken)
    {
        using var wire = await OpenAsync(site.Proxy.Socket, cancellationToken);
        if (wire is null)
        {
            await Task.Delay(Rest, CancellationToken.None);
            return;
        }

        List<EventLine> part = [];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(wire, part, end.Token);
        await Task.WhenAny(reading, following);
        end.CancelAfter(Settle);
        await reading;
        await Task.Delay(Settle, CancellationToken.None);
        string? difference;
        lock (all) difference = EventLines.FirstDifference(all, part);
        site.Findings.Look(
            Invariant.BytesWhole, difference is null, $"{site.Name} {name}",
            $"of {part.Count} events, {all.Count} directly, one differs: {difference}");
    }
}
