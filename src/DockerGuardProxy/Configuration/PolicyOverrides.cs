using System.Collections.Immutable;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Configuration;

/// <summary>What one section sets of a <see cref="GuardPolicy"/>.</summary>
/// <param name="Values">The values of what is set; all else in it means nothing.</param>
/// <param name="Set">What is set, of <see cref="Settings.Policy"/>.</param>
internal sealed record PolicyOverrides(GuardPolicy Values, ImmutableArray<Setting<GuardPolicy>> Set)
{
    /// <summary>Nothing set.</summary>
    public static PolicyOverrides None { get; } = new(GuardPolicy.Default, []);

    /// <summary>A policy with what is set here in place of its own.</summary>
    public GuardPolicy On(GuardPolicy policy) => Set.Aggregate(policy, (result, setting) => setting.Copy(Values, result));

    /// <summary>A setting of the policy as one that may be left out.</summary>
    public static Setting<PolicyOverrides> Setting(Setting<GuardPolicy> setting) => new()
    {
        Key = setting.Key,
        Comment = "",
        Words = setting.Words,
        Read = (reader, ref overrides) =>
        {
            var values = overrides.Values;
            if (!setting.Read(reader, ref values))
                return false;
            overrides = overrides.With(setting, values);
            return true;
        },
        Write = overrides => overrides.Set.Contains(setting) ? setting.Write(overrides.Values) : null,
        Copy = (from, to) => from.Set.Contains(setting) ? to.With(setting, from.Values) : to with { Set = to.Set.Remove(setting) },
    };

    private PolicyOverrides With(Setting<GuardPolicy> setting, GuardPolicy from) =>
        new(setting.Copy(from, Values), Set.Contains(setting) ? Set : Set.Add(setting));
}
