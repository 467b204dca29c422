using DockerGuardProxy.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace DockerGuardProxy.Hosting;

/// <summary>
/// Gives the product's own categories the level that <c>log.level</c> says, at once after each change. What Kestrel and YARP write is not
/// touched: below their filters stand clients' bytes, not escaped.
/// </summary>
internal sealed class LogLevelSwitch : IConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>
{
    private ConfigurationReloadToken _token = new();
    private volatile LogLevel _level = LogOptions.Default.Level;

    /// <inheritdoc/>
    public string Name => Options.DefaultName;

    /// <summary>Takes the level of the configuration in use, now and whenever that changes.</summary>
    public void Follow(ConfigurationStore store)
    {
        store.Changed += changed => Set(changed.Log.Level);
        Set(store.Current.Log.Level);
    }

    /// <inheritdoc/>
    public void Configure(LoggerFilterOptions options) =>
        options.Rules.Add(new LoggerFilterRule(providerName: null, nameof(DockerGuardProxy), _level, filter: null));

    /// <inheritdoc/>
    public IChangeToken GetChangeToken() => Volatile.Read(ref _token);

    private void Set(LogLevel level)
    {
        if (level == _level)
            return;
        _level = level;
        Interlocked.Exchange(ref _token, new ConfigurationReloadToken()).OnReload();
    }
}
