using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Engine;

/// <summary>
/// Asks the engine, by filtered lists, whether a reference still means the container that the index says. Lists take no container's lock.
/// Callers that come while a question about the same reference is under way share the next one: each answer is younger than its caller,
/// and however many ask, one question at a time is out.
/// </summary>
internal sealed partial class ReferenceConfirmer(IEngineApi engine, TimeProvider time, ILogger<ReferenceConfirmer> logger)
{
    /// <summary>A caller waits at most this long for one question; twice as long when it has to wait for the one before.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Reference, string Id), Line> _lines = [];

    /// <summary>Never throws but for the caller's own cancellation.</summary>
    public Task<Confirmation> ConfirmAsync(string reference, string expectedId, CancellationToken cancellationToken)
    {
        if (reference == expectedId)
            return Task.FromResult(Confirmation.Yes);

        var key = (reference, expectedId);
        Task<Confirmation> answer;
        lock (_gate)
        {
            if (_lines.TryGetValue(key, out var line))
            {
                answer = (line.Next ??= NewAnswer()).Task;
            }
            else
            {
                var now = NewAnswer();
                _lines[key] = line = new Line();
                answer = now.Task;
                _ = ServeAsync(key, line, now);
            }
        }

        return answer.WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource<Confirmation> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ServeAsync((string Reference, string Id) key, Line line, TaskCompletionSource<Confirmation>? now)
    {
        // Out of the lock that the first caller holds.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (now is not null)
        {
            now.SetResult(await AskAsync(key.Reference, key.Id));
            lock (_gate)
            {
                (now, line.Next) = (line.Next, null);
                if (now is null)
                    _lines.Remove(key);
            }
        }
    }

    private async Task<Confirmation> AskAsync(string reference, string id)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            // By id and not by name: the engine's name filter does not find the aliases that links give.
            var expected = await engine.ListByIdAsync(id, limit.Token);
            var name = reference[0] == '/' ? reference : "/" + reference;
            if (expected.Count != 1 || expected[0].Id != id)
                return Confirmation.No;
            if (expected[0].Names.Contains(name))
                return Confirmation.Yes;
            if (!id.StartsWith(reference, StringComparison.Ordinal))
                return Confirmation.No;

            // A prefix counts if it is nobody's name and no other id's prefix; the engine's id filter finds none when it is ambiguous.
            var named = await engine.ListByNameAsync(reference, limit.Token);
            if (named.Count > 0)
                return Confirmation.No;
            var prefixed = await engine.ListByIdAsync(reference, limit.Token);
            return prefixed.Count == 1 && prefixed[0].Id == id ? Confirmation.Yes : Confirmation.No;
        }
        catch (Exception fault)
        {
            // Cancelled by the limit, the engine gone, or an answer that makes no sense: all the same to the caller.
            Doubtful(logger, LogText.Escape(fault.Message, 400));
            return Confirmation.InDoubt;
        }
    }

    [LoggerMessage(406, LogLevel.Debug, "Whom a reference means could not be confirmed: {Reason}")]
    private static partial void Doubtful(ILogger logger, string reason);

    /// <summary>The callers who wait for the question after the present one.</summary>
    private sealed class Line
    {
        public TaskCompletionSource<Confirmation>? Next { get; set; }
    }
}

/// <summary>The engine's word on whom a reference means.</summary>
internal enum Confirmation
{
    /// <summary>The container that was expected.</summary>
    Yes,

    /// <summary>Another one, several, or none.</summary>
    No,

    /// <summary>The engine did not say in time.</summary>
    InDoubt,
}
