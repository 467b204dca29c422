using System.Collections.Immutable;

namespace DockerGuardProxy.Guard;

/// <summary>Containers and callers that no family guards.</summary>
internal sealed record Exemptions
{
    /// <summary>Nobody.</summary>
    public static Exemptions None { get; } = new();

    /// <summary>Containers that have any of these labels; an empty value stands for every value.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Callers by their names, as the kernel keeps them (<c>/proc/PID/comm</c>).</summary>
    public ImmutableArray<string> Callers { get; init; } = [];

    /// <summary>Nobody is named.</summary>
    public bool IsEmpty => Labels.IsEmpty && Callers.IsEmpty;

    /// <summary>Whether containers with such labels are let out; null for none or unknown ones.</summary>
    public bool Frees(IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null || Labels.IsEmpty) return false;
        foreach (var (name, value) in Labels)
        {
            if (labels.TryGetValue(name, out var found) && (value.Length == 0 || found == value)) return true;
        }

        return false;
    }
}
