using DockerGuardProxy.Guard;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Configuration;

/// <summary>Log messages of the configuration: event ids 1000 to 1099, never reused.</summary>
internal static partial class ConfigurationLog
{
    /// <summary>A file of a megabyte can be wrong in a hundred thousand places.</summary>
    private const int MaxErrors = 100;

    /// <summary>One line for each error.</summary>
    public static void Errors(this ILogger logger, IReadOnlyList<ConfigurationError> errors)
    {
        foreach (var error in errors.Take(MaxErrors))
            logger.Error(error);
        if (errors.Count > MaxErrors)
            logger.MoreErrors(errors.Count - MaxErrors);
    }

    [LoggerMessage(1000, LogLevel.Information, "Configuration of {File} in use; the guard's mode is {Mode}")]
    public static partial void Started(this ILogger logger, string file, GuardMode mode);

    [LoggerMessage(1001, LogLevel.Information, "There is no file {File}: the defaults are in use; the guard's mode is {Mode}")]
    public static partial void StartedWithoutFile(this ILogger logger, string file, GuardMode mode);

    [LoggerMessage(1002, LogLevel.Critical, "The configuration is not valid: its bad sections are those of the last good one, {LastGood}. Correct {File}")]
    public static partial void StartedWithLastGood(this ILogger logger, string lastGood, string file);

    [LoggerMessage(1003, LogLevel.Critical, "The configuration is not valid and there is no last good one: THE GUARD ONLY OBSERVES. Correct {File}")]
    public static partial void StartedObserving(this ILogger logger, string file);

    [LoggerMessage(1004, LogLevel.Error, "Configuration: {Error}")]
    public static partial void Error(this ILogger logger, ConfigurationError error);

    [LoggerMessage(1005, LogLevel.Error, "Configuration: {Count} more errors; check-config lists all")]
    public static partial void MoreErrors(this ILogger logger, int count);

    [LoggerMessage(1006, LogLevel.Error, "The new configuration of {File} is not valid: the old one stays in use")]
    public static partial void Rejected(this ILogger logger, string file);

    [LoggerMessage(1007, LogLevel.Information, "New configuration of {File} in use; settings changed: {Count}")]
    public static partial void Reloaded(this ILogger logger, string file, int count);

    [LoggerMessage(1008, LogLevel.Information, "Configuration changed: {Change}")]
    public static partial void Changed(this ILogger logger, ConfigurationChange change);

    [LoggerMessage(1009, LogLevel.Warning, "Configuration changed, but needs a restart to take effect: {Change}")]
    public static partial void NeedsRestart(this ILogger logger, ConfigurationChange change);

    [LoggerMessage(1010, LogLevel.Information, "Configuration of {File} read again: nothing changed")]
    public static partial void Unchanged(this ILogger logger, string file);

    [LoggerMessage(1011, LogLevel.Warning, "{Switch} exists: THE GUARD IS OFF, whatever the configuration says")]
    public static partial void SwitchedOff(this ILogger logger, string @switch);

    [LoggerMessage(1012, LogLevel.Warning, "{Switch} is gone: the guard's mode is {Mode}, as configured")]
    public static partial void SwitchedOn(this ILogger logger, string @switch, GuardMode mode);

    [LoggerMessage(1013, LogLevel.Warning, "The good configuration can't be kept in {LastGood} for a later start: {Problem}")]
    public static partial void LastGoodNotWritten(this ILogger logger, string lastGood, string problem);

    [LoggerMessage(1014, LogLevel.Warning, "The last good configuration {LastGood} is not valid itself and is not used")]
    public static partial void LastGoodNotValid(this ILogger logger, string lastGood);

    [LoggerMessage(1015, LogLevel.Error, "A part of the program could not take the new configuration")]
    public static partial void CallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1017, LogLevel.Critical, "THE GUARD ONLY OBSERVES, whatever the configuration says ({Reason}), until it is reloaded")]
    public static partial void HeldBack(this ILogger logger, HoldBack reason);

    [LoggerMessage(1018, LogLevel.Error, "The file system of {File} does not answer, so the configuration can't be read. The one in use stays; a reload that is asked for happens once it answers")]
    public static partial void ReadHangs(this ILogger logger, string file);

    [LoggerMessage(1016, LogLevel.Error, "The configuration could not be looked at; the one in use stays")]
    public static partial void LookFailed(this ILogger logger, Exception exception);
}
