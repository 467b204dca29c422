using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// Keeps a <see cref="ConfigurationStore"/> up to date: SIGHUP, the file's content, the off switch.
/// </summary>
/// <remarks>
/// It looks at the content every two seconds rather than wait for inotify, which sees neither the swap of a ConfigMap's <c>..data</c> link
/// two folders away nor a file on a network. A read of a few kilobytes costs less than the certainty is worth.
/// </remarks>
internal sealed class ConfigurationWatcher : IDisposable
{
    /// <summary>How often the file's content is looked at.</summary>
    public static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(2);

    /// <summary>How often the off switch is looked at.</summary>
    public static readonly TimeSpan SwitchInterval = TimeSpan.FromSeconds(1);

    private readonly ITimer _fileTimer;
    private readonly ITimer _switchTimer;
    private readonly PosixSignalRegistration _signal;

    /// <summary>Starts to watch. A look that hangs in the file system occupies one thread, never a second.</summary>
    public ConfigurationWatcher(ConfigurationStore store, TimeProvider time, ILogger logger)
    {
        _fileTimer = Every(FileInterval, store.CheckFile);
        _switchTimer = Every(SwitchInterval, store.CheckOffSwitch);
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            // Without this the signal would end the process.
            context.Cancel = true;
            Safely(() => store.Reload());
        });

        ITimer Every(TimeSpan interval, Action look)
        {
            var busy = 0;
            return time.CreateTimer(
                _ =>
                {
                    if (Interlocked.Exchange(ref busy, 1) != 0)
                        return;
                    Safely(look);
                    Volatile.Write(ref busy, 0);
                },
                null, interval, interval);
        }

        void Safely(Action look)
        {
            try
            {
                look();
            }
#pragma warning disable CA1031 // What escapes here ends the process, and with it the node's way to its engine.
            catch (Exception e)
#pragma warning restore CA1031
            {
                logger.LookFailed(e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signal.Dispose();
        _fileTimer.Dispose();
        _switchTimer.Dispose();
    }
}
