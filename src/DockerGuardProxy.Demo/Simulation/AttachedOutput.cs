using System.Buffers.Text;
using System.IO.Pipelines;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>
/// What a writing process has written, on its way to one client that has attached. In between lies what the engine keeps of it: when that is full,
/// the process stands still; when it has ended, the rest still goes to the client, at the client's pace. Each client gets numbers of its own.
/// </summary>
internal static class AttachedOutput
{
    /// <summary>Bytes that the engine keeps of one stream (moby pkg/ioutils/bytespipe.go, blockThreshold).</summary>
    private const int BlockThreshold = 1_000_000;

    private const int Block = 4096, LongestLine = 24;

    /// <summary>Copies to the client until the process has ended and all is there, or the client has left.</summary>
    /// <param name="run">Of the process.</param>
    /// <param name="client">Takes it.</param>
    /// <param name="cancellationToken">Cancelled when the client has left.</param>
    public static async Task CopyAsync(SimulatedRun run, Stream client, CancellationToken cancellationToken)
    {
        var kept = new Pipe(new PipeOptions(pauseWriterThreshold: BlockThreshold, resumeWriterThreshold: BlockThreshold));
        var writing = WriteAsync(run, kept.Writer);
        _ = StopAtExitAsync();
        try
        {
            await kept.Reader.CopyToAsync(client, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client has left.
        }

        // Ends the writing, if that goes on.
        await kept.Reader.CompleteAsync();
        await writing;

        async Task StopAtExitAsync()
        {
            await run.Exited.Task;
            kept.Writer.CancelPendingFlush();
        }
    }

    private static async Task WriteAsync(SimulatedRun run, PipeWriter kept)
    {
        // Not on the thread of whoever asks.
        await Task.Yield();
        for (var number = 1L; !run.Exited.Task.IsCompleted;)
        {
            kept.Advance(Fill(kept.GetSpan(Block), ref number));
            var flush = kept.FlushAsync();
            if (!flush.IsCompleted) run.Blocked.TrySetResult();
            if ((await flush).IsCompleted) break;
        }

        await kept.CompleteAsync();
    }

    /// <summary>Writes lines as a terminal does, as many as find room.</summary>
    /// <returns>Bytes written.</returns>
    private static int Fill(Span<byte> room, ref long number)
    {
        var written = 0;
        while (room.Length - written >= LongestLine)
        {
            _ = Utf8Formatter.TryFormat(number++, room[written..], out var digits);
            written += digits;
            room[written++] = (byte)'\r';
            room[written++] = (byte)'\n';
        }

        return written;
    }
}
