using System.Collections.Immutable;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Configuration;

/// <summary>What is in use and what is said about it; each step gives a new one. Pure.</summary>
/// <param name="Loaded">What holds without the off switch and where nothing holds the guard back.</param>
/// <param name="Status">What is said about it.</param>
internal sealed record ConfigurationState(ProxyConfiguration Loaded, ConfigurationStatus Status)
{
    /// <summary>What holds now.</summary>
    public ProxyConfiguration Current { get; } =
        Status.SwitchedOff ? Loaded with { Guard = Loaded.Guard.AtMost(GuardMode.Off) }
        : Status.HoldBack != HoldBack.None ? Loaded with { Guard = Loaded.Guard.AtMost(GuardMode.Observe) }
        : Loaded;

    /// <summary>The off switch has come or gone.</summary>
    public ConfigurationState Switch(bool off) => new(Loaded, Status with { SwitchedOff = off });

    /// <summary>The guard only observes from now on.</summary>
    public ConfigurationState Hold(HoldBack reason) => new(Loaded, Status with { HoldBack = reason });

    /// <summary>What was asked is not valid: all stays as it is.</summary>
    public ConfigurationState Reject(ImmutableArray<ConfigurationError> errors, DateTimeOffset now) =>
        new(Loaded, Status with { FailedReloads = Status.FailedReloads + 1, Failure = new ConfigurationFailure(now, errors) });

    /// <summary>What was asked is valid: it holds from now on, but for what is looked at only at start.</summary>
    /// <returns>The new state, and the changes that are in it.</returns>
    public (ConfigurationState State, ImmutableArray<ConfigurationChange> Changes) Apply(ProxyConfiguration asked, DateTimeOffset now)
    {
        var changes = ConfigurationJson.Compare(Loaded, asked).ToLookup(c => c.NeedsRestart);
        ImmutableArray<ConfigurationChange> live = [.. changes[false]];
        var isNew = !live.IsEmpty || Status.Origin != ConfigurationOrigin.Asked;
        var status = Status with
        {
            Origin = ConfigurationOrigin.Asked,
            LoadedAt = isNew ? now : Status.LoadedAt,
            Reloads = Status.Reloads + 1,
            Failure = null,
            HoldBack = HoldBack.None,
            PendingRestart = [.. changes[true]],
        };
        var loaded = Settings.All.Where(setting => !setting.NeedsRestart).Aggregate(Loaded, (result, setting) => setting.Copy(asked, result));
        return (new ConfigurationState(loaded, status), live);
    }
}
