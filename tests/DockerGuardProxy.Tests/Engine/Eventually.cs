namespace DockerGuardProxy.Tests.Engine;

/// <summary>Waits for what other threads are about to do; simulated time stands still meanwhile unless it is pushed.</summary>
internal static class Eventually
{
    /// <param name="condition">Asked again and again, with a yield between.</param>
    /// <param name="push">Called each time it is not so yet.</param>
    public static async Task Async(Func<bool> condition, Action? push = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            push?.Invoke();
            await Task.Delay(1, limit.Token);
        }
    }
}
