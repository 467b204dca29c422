using System.Diagnostics;
using HdrHistogram;

namespace DockerGuardProxy.Bench.Load;

/// <summary>
/// So many connections, each on a thread of its own that sends its next request when it has the last one's answer. Threads that block
/// rather than one that polls: with one connection, polling would be most of what is measured.
/// </summary>
internal static class ClosedLoop
{
    private const long LongestNanoseconds = 60_000_000_000;
    private const int SignificantDigits = 3;

    /// <summary>Runs for a time, or for a number of requests.</summary>
    /// <param name="socket">Where to connect.</param>
    /// <param name="request">What each of them sends.</param>
    /// <param name="connections">How many.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="requests">The most requests in all; null for no such limit.</param>
    /// <exception cref="InvalidOperationException">An answer was not 200.</exception>
    public static LoadResult Run(string socket, byte[] request, int connections, TimeSpan duration, long? requests = null)
    {
        var all = new LongHistogram(LongestNanoseconds, SignificantDigits);
        var failures = new List<Exception>();
        using var ready = new Barrier(connections + 1);
        var each = requests is { } total ? total / connections : long.MaxValue;
        var threads = Enumerable.Range(0, connections).Select(_ => new Thread(Connect)).ToArray();
        foreach (var thread in threads) thread.Start();
        ready.SignalAndWait();
        var clock = Stopwatch.StartNew();
        foreach (var thread in threads) thread.Join();
        return failures.Count == 0
            ? new LoadResult(clock.Elapsed.TotalSeconds, all)
            : throw new InvalidOperationException($"{failures.Count} of {connections} connections to {socket} failed", failures[0]);

        void Connect()
        {
            var own = new LongHistogram(LongestNanoseconds, SignificantDigits);
            try
            {
                HttpConnection connection;
                try
                {
                    connection = new HttpConnection(socket);
                    Once(connection);
                }
                finally
                {
                    ready.SignalAndWait();
                }

                using (connection)
                {
                    var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
                    var before = Stopwatch.GetTimestamp();
                    for (long i = 0; i < each && before < end; i++)
                    {
                        Once(connection);
                        var after = Stopwatch.GetTimestamp();
                        own.RecordValue(Math.Min(LongestNanoseconds, (long)Stopwatch.GetElapsedTime(before, after).TotalNanoseconds));
                        before = after;
                    }
                }
            }
            catch (Exception e)
            {
                lock (failures) failures.Add(e);
            }

            lock (all) all.Add(own);
        }

        void Once(HttpConnection connection)
        {
            var status = connection.Exchange(request);
            if (status != 200) throw new InvalidOperationException($"status {status}");
        }
    }
}
