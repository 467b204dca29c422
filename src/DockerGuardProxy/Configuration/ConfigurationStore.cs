using System.Collections.Immutable;
using DockerGuardProxy.Files;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// Holds the configuration in use and replaces it whole. Reading it is one volatile read; no reader ever waits.
/// </summary>
/// <remarks>
/// Invariant: <see cref="_state"/> is only replaced under <see cref="_swap"/>, from its own last value. Files are read under
/// <see cref="_reload"/> alone, so that a file system that hangs can't keep the off switch from being seen.
/// </remarks>
internal sealed class ConfigurationStore
{
    /// <summary>A look that takes longer hangs.</summary>
    internal static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    private const long NoLook = -1;

    private readonly Lock _reload = new();
    private readonly Lock _swap = new();
    private readonly ConfigurationSources _sources;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _file;

    /// <summary>What was looked at last; under <see cref="_reload"/>.</summary>
    private FileContent _seen;

    /// <summary>Whether there ever was a file; under <see cref="_reload"/>.</summary>
    private bool _hadFile;

    /// <summary>Bad content that was met once by <see cref="CheckFile"/> and may be half-written; under <see cref="_reload"/>.</summary>
    private FileContent? _doubtful;

    private volatile ConfigurationState _state;

    /// <summary>When the look under way began; written under <see cref="_reload"/>.</summary>
    private long _lookBegan = NoLook;

    private ConfigurationStore(ConfigurationSources sources, TimeProvider time, ILogger logger, FileContent seen, ConfigurationState state)
    {
        _sources = sources;
        _time = time;
        _logger = logger;
        _seen = seen;
        _hadFile = !seen.IsMissing;
        _state = state;
        _file = LogText.Escape(sources.File, 4096);
    }

    /// <summary>
    /// Raised with the new <see cref="Current"/> after each change of it, in order, on the thread that saw the change. Handlers must be
    /// quick and must not call back into the store's reload.
    /// </summary>
    public event Action<ProxyConfiguration>? Changed;

    /// <summary>What holds for a call that arrives now. Take it once per call.</summary>
    public ProxyConfiguration Current => _state.Current;

    /// <summary>What an operator may ask.</summary>
    public ConfigurationStatus Status => _state.Status;

    /// <summary>Since when a look at the configuration's file has hung; null while none does.</summary>
    public DateTimeOffset? HangsSince
    {
        get
        {
            var began = Volatile.Read(ref _lookBegan);
            return began != NoLook && _time.GetElapsedTime(began) is var age && age >= LookLimit ? _time.GetUtcNow() - age : null;
        }
    }

    /// <summary>Reads everything for the first time and logs what is in use.</summary>
    /// <exception cref="ConfigurationException">The listen or engine section is wrong; each error has been logged.</exception>
    public static ConfigurationStore Start(ConfigurationSources sources, TimeProvider time, ILogger logger)
    {
        var content = SmallFile.Read(sources.File);
        var state = StartConfiguration.Load(sources, content, time.GetUtcNow(), logger);
        var store = new ConfigurationStore(sources, time, logger, content, state);
        store.CheckOffSwitch();
        return store;
    }

    /// <summary>Reads the file now, as on SIGHUP, and says what came of it even if nothing changed. True if it is valid.</summary>
    public bool Reload()
    {
        var valid = false;
        Look(content => valid = Take(content, mayBeHalfWritten: false));
        return valid;
    }

    /// <summary>
    /// Looks whether the file's content has changed, through whatever links. Good content takes effect at once; bad content is only
    /// reported when the next look finds it unchanged, as an editor may still be writing.
    /// </summary>
    public void CheckFile() => Look(content =>
    {
        if (!content.IsSameAs(_seen))
            Take(content, mayBeHalfWritten: true);
        else
            _doubtful = null;
    });

    /// <summary>The guard only observes from now on, until a reload takes effect.</summary>
    public void HoldBack(HoldBack reason)
    {
        lock (_swap)
        {
            Replace(_state.Hold(reason));
            _logger.HeldBack(reason);
        }
    }

    /// <summary>Looks whether the off switch is there. Never waits for a reload.</summary>
    public void CheckOffSwitch()
    {
        var exists = Path.Exists(_sources.OffSwitch);
        lock (_swap)
        {
            if (exists == _state.Status.SwitchedOff)
                return;
            Replace(_state.Switch(exists));
            if (exists)
                _logger.SwitchedOff(LogText.Escape(_sources.OffSwitch, 4096));
            else
                _logger.SwitchedOn(LogText.Escape(_sources.OffSwitch, 4096), _state.Current.Guard.Common.Mode);
        }
    }

    private void Look(Action<FileContent> then)
    {
        lock (_reload)
        {
            Volatile.Write(ref _lookBegan, _time.GetTimestamp());
            try
            {
                then(SmallFile.Read(_sources.File));
            }
            finally
            {
                Volatile.Write(ref _lookBegan, NoLook);
            }
        }
    }

    /// <summary>Judges new content; true if it is valid and in use now.</summary>
    private bool Take(FileContent content, bool mayBeHalfWritten)
    {
        var loaded = ConfigurationLoader.Load(_sources, content);
        // A file that was there and is gone is no wish for the defaults: it may be about to be written anew.
        _hadFile |= !content.IsMissing;
        if (content.IsMissing && _hadFile && loaded.IsValid)
            loaded = loaded with { Errors = [new ConfigurationError("", $"{_file}: is gone")] };

        if (!loaded.IsValid && mayBeHalfWritten && _doubtful?.IsSameAs(content) != true)
        {
            _doubtful = content;
            return false;
        }

        (_seen, _doubtful) = (content, null);
        if (loaded.IsValid)
            Apply(loaded.Configuration);
        else
            Reject(loaded.Errors);
        return loaded.IsValid;
    }

    private void Reject(ImmutableArray<ConfigurationError> errors)
    {
        _logger.Errors(errors);
        _logger.Rejected(_file);
        lock (_swap)
            Replace(_state.Reject(errors, _time.GetUtcNow()));
    }

    private void Apply(ProxyConfiguration asked)
    {
        lock (_swap)
        {
            var old = _state.Status;
            var (state, changes) = _state.Apply(asked, _time.GetUtcNow());
            Replace(state);

            if (!changes.IsEmpty || old.Origin != state.Status.Origin || old.HoldBack != state.Status.HoldBack)
                _logger.Reloaded(_file, changes.Length);
            else if (state.Status.PendingRestart.SequenceEqual(old.PendingRestart))
                _logger.Unchanged(_file);
            foreach (var change in changes)
                _logger.Changed(change);
            foreach (var change in state.Status.PendingRestart.Except(old.PendingRestart))
                _logger.NeedsRestart(change);
        }

        LastGoodFile.Keep(_sources, _state.Loaded.Admin.Path, asked, _logger);
    }

    /// <summary>The one place that writes <see cref="_state"/>; under <see cref="_swap"/>.</summary>
    private void Replace(ConfigurationState state)
    {
        var old = _state.Current;
        _state = state;
        if (Changed is not { } changed || ConfigurationJson.Compare(old, state.Current).IsEmpty)
            return;
        foreach (var handler in changed.GetInvocationList().Cast<Action<ProxyConfiguration>>())
        {
            try
            {
                handler(state.Current);
            }
#pragma warning disable CA1031 // One part that fails must not leave the others under the old settings.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _logger.CallbackFailed(e);
            }
        }
    }
}
