using DockerGuardProxy.Files;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// Decides what a daemon starts with. A bad file never takes the node's engine away: what is right in it counts, a bad section comes from
/// the last good configuration, and without one a wrong setting has its default and the guard only observes. Only where to listen and
/// where the engine is must be right.
/// </summary>
internal static class StartConfiguration
{
    /// <summary>Reads, chooses and logs.</summary>
    /// <exception cref="ConfigurationException">The listen or engine section is wrong; each error has been logged.</exception>
    public static ConfigurationState Load(ConfigurationSources sources, FileContent content, DateTimeOffset now, ILogger logger)
    {
        var asked = ConfigurationLoader.Load(sources, content);
        logger.Errors(asked.Errors);
        var file = LogText.Escape(sources.File, 4096);
        var adminPath = asked.Configuration.Admin.Path;
        var (alone, underSources) = asked.IsValid ? (null, null) : LastGoodFile.Read(sources, adminPath, logger);
        var (configuration, origin) = Choose(asked, alone, underSources);
        switch (origin)
        {
            case ConfigurationOrigin.LastGood:
                logger.StartedWithLastGood(LogText.Escape(LastGoodFile.PathFor(sources, adminPath), 4096), file);
                break;
            case ConfigurationOrigin.ObserveOnly:
                logger.StartedObserving(file);
                break;
            default:
                if (content.IsMissing)
                    logger.StartedWithoutFile(file, configuration.Guard.Common.Mode);
                else
                    logger.Started(file, configuration.Guard.Common.Mode);
                LastGoodFile.Keep(sources, adminPath, configuration, logger);
                break;
        }

        return new ConfigurationState(
            configuration,
            new ConfigurationStatus(
                file, origin, now, SwitchedOff: false, HoldBack.None, Reloads: 0, FailedReloads: 0,
                asked.IsValid ? null : new ConfigurationFailure(now, asked.Errors), PendingRestart: []));
    }

    /// <summary>The choice. Pure.</summary>
    /// <param name="asked">What the sources say.</param>
    /// <param name="lastGood">The last good configuration by itself; null if there is none.</param>
    /// <param name="lastGoodUnderSources">The last good one in the file's place, under environment and command line; null if there is none.</param>
    /// <exception cref="ConfigurationException">The listen or engine section is wrong.</exception>
    public static (ProxyConfiguration Configuration, ConfigurationOrigin Origin) Choose(
        LoadedConfiguration asked, ProxyConfiguration? lastGood, LoadedConfiguration? lastGoodUnderSources)
    {
        if (asked.IsValid)
            return (asked.Configuration, ConfigurationOrigin.Asked);

        // 1. Without a readable file, the last good one also tells where to listen: elsewhere, clients would find nothing.
        var from = asked.FileIsUsable ? asked : lastGoodUnderSources ?? asked;
        if (from.Errors.Any(e => e.Section is "listen" or "engine"))
            throw new ConfigurationException([.. asked.Errors.Union(from.Errors)]);

        // 2. Never act on settings that nobody asked for.
        if (lastGood is null)
            return (from.Configuration with { Guard = from.Configuration.Guard.AtMost(GuardMode.Observe) }, ConfigurationOrigin.ObserveOnly);

        // 3. An unknown section or another version may have been meant for any: then nothing but the addresses is taken from there.
        //    An empty section name is the unreadable file itself, in whose place the last good one was read.
        var bad = from.Errors.Select(e => e.Section).Where(s => s.Length > 0).ToHashSet();
        var inDoubt = !bad.IsSubsetOf(Settings.Sections);
        return (
            Settings.All
                .Where(setting => bad.Contains(setting.Section) || (inDoubt && setting.Section is not ("listen" or "engine" or "admin")))
                .Aggregate(from.Configuration, (result, setting) => setting.Copy(lastGood, result)),
            ConfigurationOrigin.LastGood);
    }
}
