using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// Turns a <see cref="ConfigurationTree"/> into options and lists everything that is wrong with it. A setting that is wrong has its default
/// in the result.
/// </summary>
internal static class OptionsReader
{
    /// <summary>Reads everything.</summary>
    public static (ProxyConfiguration Configuration, ImmutableArray<ConfigurationError> Errors) Read(ConfigurationTree tree)
    {
        var errors = new List<ConfigurationError>();
        var configuration = Read(tree, Settings.All, ProxyConfiguration.Default, errors);
        Compare(configuration, (key, problem) => new SettingReader(tree, key, errors).Fail(problem));
        errors.AddRange(new KnownKeys(Settings.All.Select(setting => (setting.Key, setting.IsSection))).Unknown(tree.Root));
        return (configuration, [.. errors]);
    }

    /// <summary>Reads some settings over their defaults.</summary>
    internal static T Read<T>(ConfigurationTree tree, IEnumerable<Setting<T>> settings, T options, List<ConfigurationError> errors)
    {
        foreach (var setting in settings)
            setting.Read(new SettingReader(tree, setting.Key, errors), ref options);
        return options;
    }

    /// <summary>One socket for two ends would be a loop, or the loss of the engine's own socket file.</summary>
    private static void Compare(ProxyConfiguration configuration, Action<string, string> fail)
    {
        var (listen, engine, admin) = (configuration.Listen.Path, configuration.Engine.Path, configuration.Admin.Path);
        if (Check.IsSamePath(listen, engine))
            fail("listen.path", "is the engine's own socket (engine.path)");
        if (Check.IsSamePath(admin, listen))
            fail("admin.path", "is also listen.path");
        if (Check.IsSamePath(admin, engine))
            fail("admin.path", "is also engine.path");
    }
}
