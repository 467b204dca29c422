using System.Text.Json.Nodes;

namespace DockerGuardProxy.Demo.Proxy;

/// <summary>What <c>docker-guard-proxy status</c> says of a running proxy. It is asked again until it says what is waited for.</summary>
/// <param name="admin">Path of the proxy's admin socket.</param>
/// <param name="time">Clock.</param>
internal sealed class ProxyStatus(string admin, TimeProvider time)
{
    // docker-guard-proxy status --help
    private const int SomethingIsStuck = 1;

    // Far more than a slow machine takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until the proxy knows the engine's containers; until then it passes every call on.</summary>
    /// <exception cref="DemoException">It does not learn of them.</exception>
    public Task KnowsAsync(int containers, CancellationToken cancellationToken) => UntilAsync(
        ["--json"],
        (code, text) => code is 0 or SomethingIsStuck
            && JsonNode.Parse(text)!["engine"] is { } engine && (bool)engine["ready"]! && (int)engine["containers"]! >= containers,
        "the proxy does not learn of the containers",
        cancellationToken);

    /// <summary>What it prints of a stuck container.</summary>
    /// <exception cref="DemoException">It shows none.</exception>
    public Task<string> StuckAsync(CancellationToken cancellationToken) => UntilAsync(
        [],

        // Its exit code says which it is: 0 would mean that nothing is stuck.
        static (code, _) => code == SomethingIsStuck,
        "docker-guard-proxy status shows no stuck container",
        cancellationToken);

    /// <summary>What it prints of a container whose lock hangs.</summary>
    /// <exception cref="DemoException">It shows none.</exception>
    public Task<string> SlowLockAsync(CancellationToken cancellationToken) => UntilAsync(
        [],
        static (code, text) => code == 0 && text.Contains("SLOW LOCK", StringComparison.Ordinal),
        "docker-guard-proxy status shows no slow lock",
        cancellationToken);

    /// <summary>What it prints of a client that does not read.</summary>
    /// <exception cref="DemoException">It shows none.</exception>
    public Task<string> UnreadAsync(CancellationToken cancellationToken) => UntilAsync(
        [],
        static (code, text) => code == 0 && text.Contains("does not read", StringComparison.Ordinal),
        "docker-guard-proxy status shows no client that does not read",
        cancellationToken);

    private async Task<string> UntilAsync(
        IEnumerable<string> arguments, Func<int?, string, bool> isIt, string otherwise, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            var (code, text) = await AskAsync(["status", "--admin", admin, .. arguments], cancellationToken);
            if (isIt(code, text)) return text;
            if (time.GetElapsedTime(begin) > Limit) throw new DemoException($"{otherwise}: exit code {code}, {text.Trim().Split('\n')[^1]}");
            await Task.Delay(Gap, time, cancellationToken);
        }
    }

    /// <summary>Exit code and output; no exit code where it does not end in time.</summary>
    private async Task<(int? Code, string Text)> AskAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = ProxyProgram.Start(arguments);
        try
        {
            using var limit = new CancellationTokenSource(AnswerLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var text = await process.StandardOutput.ReadToEndAsync(either.Token);
            var error = await errors;
            await process.WaitForExitAsync(either.Token);
            return (process.ExitCode, text.Length > 0 ? text : error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "no answer");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
