using DockerGuardProxy.Files;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Configuration;

/// <summary>Keeps the last configuration that was valid, for a start that finds a bad one.</summary>
internal static class LastGoodFile
{
    /// <summary>Name of the file in whatever folder.</summary>
    public const string Name = "config.last-good.json";

    /// <summary>Where it is for these sources; <paramref name="adminPath"/> tells the folder if nothing better is known.</summary>
    public static string PathFor(ConfigurationSources sources, string adminPath)
    {
        if (sources.LastGood is { } named)
            return named;
        // systemd's, a colon-separated list.
        var state = Environment.GetEnvironmentVariable("STATE_DIRECTORY")?.Split(':')[0];
        var folder = string.IsNullOrEmpty(state) ? Path.GetDirectoryName(adminPath.Length > 0 ? adminPath : AdminOptions.Default.Path) : state;
        return Path.Combine(folder!, Name);
    }

    /// <summary>Reads it twice: by itself, and in the place of the file under environment and command line. Nulls if it is of no use.</summary>
    public static (ProxyConfiguration? Alone, LoadedConfiguration? UnderSources) Read(
        ConfigurationSources sources, string adminPath, ILogger logger)
    {
        var path = PathFor(sources, adminPath);
        var content = SmallFile.Read(path);
        if (content.IsMissing)
            return (null, null);
        if (content.Bytes is { } bytes && ConfigurationLoader.LoadAlone(bytes, path) is { IsValid: true } alone)
            return (alone.Configuration, ConfigurationLoader.Load(sources, content));
        logger.LastGoodNotValid(LogText.Escape(path, 4096));
        return (null, null);
    }

    /// <summary>Keeps a good configuration; where that fails it is logged and nothing else is affected.</summary>
    public static void Keep(ConfigurationSources sources, string adminPath, ProxyConfiguration configuration, ILogger logger)
    {
        var path = PathFor(sources, adminPath);
        var content = ConfigurationJson.Write(configuration);
        if (SmallFile.Read(path).Bytes.AsSpan().SequenceEqual(content))
            return;
        try
        {
            WholeFile.Write(path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LastGoodNotWritten(LogText.Escape(path, 4096), LogText.Escape(e.Message, 400));
        }
    }
}
