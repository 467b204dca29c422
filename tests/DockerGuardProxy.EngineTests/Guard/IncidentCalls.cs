using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>What came of a call. A status of 0: the client gave up first.</summary>
internal sealed record IncidentAnswer(
    int Status, string Body, TimeSpan Took, string? Decision = null, string? ContentType = null, string? RetryAfter = null);

/// <summary>Clients of a stuck container.</summary>
internal static class IncidentCalls
{
    /// <summary>A call by a client that gives up after <paramref name="patience"/>.</summary>
    public static async Task<IncidentAnswer> CallAsync(this EngineApi api, string method, string path, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        using var timeout = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(3));
        try
        {
            using var answer = await api.SendAsync(new HttpMethod(method), path, cancellationToken: timeout.Token);
            var body = await answer.Content.ReadAsStringAsync(timeout.Token);
            return new IncidentAnswer(
                (int)answer.StatusCode, body, clock.Elapsed, Header(answer, "Docker-Guard-Proxy"),
                Header(answer, "Content-Type"), Header(answer, "Retry-After"));
        }
        catch (OperationCanceledException)
        {
            return new IncidentAnswer(0, "", clock.Elapsed);
        }
    }

    /// <summary>Calls at an even pace, whatever becomes of the earlier ones.</summary>
    public static async Task<IncidentAnswer[]> RetryAsync(
        this EngineApi api, Func<int, (string Method, string Path)> call, int count, TimeSpan over, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        var calls = new List<Task<IncidentAnswer>>(count);
        for (var i = 0; i < count; i++)
        {
            var (method, path) = call(i);
            calls.Add(api.CallAsync(method, path, patience));
            var ahead = over * (i + 1) / count - clock.Elapsed;
            if (ahead > TimeSpan.Zero)
                await Task.Delay(ahead);
        }

        return await Task.WhenAll(calls);
    }

    /// <summary>"12 × 503, 888 × 0".</summary>
    public static string Summary(this IEnumerable<IncidentAnswer> answers) =>
        string.Join(", ", answers.GroupBy(answer => answer.Status).OrderBy(group => group.Key).Select(group => $"{group.Count()} × {group.Key}"));

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) || answer.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString()
            : null;
}
