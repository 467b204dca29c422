using System.Runtime.InteropServices;
using DockerGuardProxy.Timing;
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

    private readonly LookThread _file;
    private readonly LookThread _switch;
    private readonly PosixSignalRegistration _signal;
    private readonly ConfigurationStore _store;
    private readonly ILogger _logger;
    private readonly ITimer _hangs;
    private bool _isHangTold;

    /// <summary>Starts to watch. A look that hangs in the file system occupies one thread, never a second, and never one of the pool.</summary>
    public ConfigurationWatcher(ConfigurationStore store, TimeProvider time, ILogger logger)
    {
        (_store, _logger) = (store, logger);
        _file = new LookThread("configuration", FileInterval, time, Look, logger.LookFailed);

        // Another thread: a configuration that hangs must not keep the off switch from being seen.
        _switch = new LookThread("off switch", SwitchInterval, time, _ => store.CheckOffSwitch(), logger.LookFailed);
        _hangs = time.CreateSafeTimer(TellOfHang, logger.LookFailed, FileInterval, FileInterval);
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            // Without this the signal would end the process.
            context.Cancel = true;
            Reload();
        });
    }

    /// <summary>Reads the file soon, as on SIGHUP; never waits.</summary>
    public void Reload() => _file.Ask();

    /// <inheritdoc/>
    public void Dispose()
    {
        _signal.Dispose();
        _hangs.Dispose();
        _file.Dispose();
        _switch.Dispose();
    }

    private void Look(bool isAsked)
    {
        if (isAsked)
            _store.Reload();
        else
            _store.CheckFile();
    }

    private void TellOfHang()
    {
        var hangs = _store.HangsSince is not null;
        if (hangs && !_isHangTold)
            _logger.ReadHangs(_store.Status.File);
        _isHangTold = hangs;
    }
}
