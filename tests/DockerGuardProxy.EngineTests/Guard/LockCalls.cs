using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Callers of a container whose lock hangs.</summary>
internal static class LockCalls
{
    /// <summary>One call without a body.</summary>
    public static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: docker\r\nUser-Agent: Go-http-client/1.1\r\n\r\n";

    /// <summary>Calls that few wait for: every fifth of each kind.</summary>
    public static string Mixed(string container, int number) => (number % 5) switch
    {
        0 => Get($"/containers/{container}/json"),
        1 => Get($"/v1.40/containers/{container}/top"),
        2 => Get($"/containers/{container}/logs?stdout=1"),
        3 => Get($"/containers/{container}/stats?stream=0"),
        _ => $"POST /containers/{container}/exec HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
            + """{"Cmd":["true"]}""",
    };

    /// <summary>What they have cost the engine: goroutines and descriptors.</summary>
    public static string Growth((int Goroutines, int Descriptors) before, (int Goroutines, int Descriptors) after) =>
        $"{after.Goroutines - before.Goroutines:+0;-0;0}, {after.Descriptors - before.Descriptors:+0;-0;0}";

    /// <summary>Callers at an even rate, each on a connection of its own, who leave after <paramref name="patience"/> without an answer.</summary>
    /// <returns>How many had an answer of the engine before they left: there is room for 256 to wait, and one more reads 503.</returns>
    public static async Task<int> LeavingAsync(string socket, Func<int, string> call, int count, int perSecond, TimeSpan patience)
    {
        var began = Environment.TickCount64;
        var callers = new List<Task<bool>>(count);
        for (var i = 0; i < count; i++)
        {
            callers.Add(LeaveAsync(socket, call(i), patience));
            var ahead = (i + 1) * 1000L / perSecond - (Environment.TickCount64 - began);
            if (ahead > 0)
                await Task.Delay((int)ahead);
        }

        return (await Task.WhenAll(callers)).Count(answered => answered);
    }

    /// <summary>One that waits for its answer.</summary>
    /// <returns>Status line and body; null if the connection ended without one.</returns>
    public static async Task<(string Status, string Body)?> AskAsync(string socket, string call, TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        using var client = await RawClient.ConnectAsync(socket);
        await client.SendAsync(call);
        if (await client.LineAsync(end.Token) is not { } status)
            return null;
        var length = 0;
        var isChunked = false;
        while (await client.LineAsync(end.Token) is { Length: > 0 } line)
        {
            if (line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line["Content-Length: ".Length..]);
            isChunked |= line.StartsWith("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
        }

        var body = new StringWriter();
        while (isChunked)
        {
            var size = Convert.ToInt32(await client.LineAsync(end.Token), 16);
            body.Write(System.Text.Encoding.UTF8.GetString(await client.BytesAsync(size, end.Token)));
            await client.LineAsync(end.Token);
            isChunked = size > 0;
        }

        body.Write(System.Text.Encoding.UTF8.GetString(await client.BytesAsync(length, end.Token)));
        return (status, body.ToString());
    }

    private static async Task<bool> LeaveAsync(string socket, string call, TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        using var client = await RawClient.ConnectAsync(socket);
        await client.SendAsync(call);
        try
        {
            return await client.LineAsync(end.Token) is { } status && status != "HTTP/1.1 503 Service Unavailable";
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
