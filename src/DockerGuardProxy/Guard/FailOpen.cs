using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Guard;

/// <summary>
/// Keeps a fault of the guard's own from the call in whose way it happens: the step that failed is left out, and the call goes on without it.
/// Each fault is counted; the log has one a minute of each step, with how many there were since the last.
/// </summary>
/// <remarks>Only for steps that send nothing: what comes after one that failed may send the call, and nothing may be sent twice.</remarks>
/// <param name="count">Counts them, for <c>docker_guard.faults</c>.</param>
/// <param name="time">Tells when the next one may be logged.</param>
/// <param name="logger">Takes them.</param>
internal sealed partial class FailOpen(Action count, TimeProvider time, ILogger logger)
{
    /// <summary>How long the log hears nothing more of a step that failed.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    // By step; the steps are named in the code, so they are few.
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>Takes a step that yields something; <paramref name="otherwise"/> where it fails.</summary>
    public TResult Try<TState, TResult>(string step, TState state, Func<TState, TResult> action, TResult otherwise)
    {
        try
        {
            return action(state);
        }
        catch (Exception fault)
        {
            Report(step, fault);
            return otherwise;
        }
    }

    /// <summary>Takes a step.</summary>
    public void Try<TState>(string step, TState state, Action<TState> action)
    {
        try
        {
            action(state);
        }
        catch (Exception fault)
        {
            Report(step, fault);
        }
    }

    private void Report(string step, Exception fault)
    {
        try
        {
            count();
            if (_accounts.GetOrAdd(step, static _ => new Account()).MayTell(time) is { } times)
                Faulted(logger, step, times, fault);
        }
        catch (Exception)
        {
            // Nobody is left to be told; the call matters more.
        }
    }

    [LoggerMessage(
        1230,
        LogLevel.Error,
        "A fault of the guard's own in step \"{Step}\" of a call: the step was skipped and the call went on; {Times} times since the last such line.")]
    private static partial void Faulted(ILogger logger, string step, long times, Exception fault);

    /// <summary>What there is to tell of one step. Its lock is its own.</summary>
    private sealed class Account
    {
        private readonly Lock _gate = new();
        private long? _toldAt;
        private long _untold;

        /// <summary>How many faults a line about it would tell of; null while it is too early for one.</summary>
        public long? MayTell(TimeProvider time)
        {
            lock (_gate)
            {
                _untold++;
                if (_toldAt is { } told && time.GetElapsedTime(told) < Quiet)
                    return null;
                _toldAt = time.GetTimestamp();
                var times = _untold;
                _untold = 0;
                return times;
            }
        }
    }
}
