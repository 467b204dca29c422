using System.Runtime.ExceptionServices;

namespace DockerGuardProxy.Demo;

/// <summary>Runs things at the same time.</summary>
internal static class SideBySide
{
    /// <summary>Runs all to their ends; the first that fails ends the others, and its error is the one that is thrown.</summary>
    /// <returns>What they returned, in their order.</returns>
    public static async Task<T[]> RunAsync<T>(IReadOnlyCollection<Func<CancellationToken, Task<T>>> sides, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? first = null;
        var running = sides.Select(OneAsync).ToArray();

        // Whatever becomes of them: nothing of theirs goes on after this.
        await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        first?.Throw();
        return await Task.WhenAll(running);

        async Task<T> OneAsync(Func<CancellationToken, Task<T>> side)
        {
            try
            {
                return await side(failed.Token);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(e), null);
                await failed.CancelAsync();
                throw;
            }
        }
    }
}
