using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>The form that all tables share.</summary>
internal static class Tables
{
    /// <summary>All peers side by side, and ours in relation to the engine itself, to HAProxy and to the other build, if there is one.</summary>
    public static Table OfPeers(string title, string note, BenchSettings settings) => settings.Beside is null
        ? new(title, note, [.. Field.Names.Where(name => name != Field.Other)]) { Own = Field.Own, ComparedWith = [Field.Direct, Field.HaProxy] }
        : new(title, note, Field.Names) { Own = Field.Own, ComparedWith = [Field.Direct, Field.HaProxy, Field.Other] };

    /// <summary>Ours beside the engine itself, where no other peer takes part.</summary>
    public static Table OfPair(string title, string note) =>
        new(title, note, [Field.Direct, Field.Own]) { Own = Field.Own, ComparedWith = [Field.Direct] };

    /// <summary>Figures of one program alone.</summary>
    public static Table OfOne(string title, string note, params string[] columns) => new(title, note, columns);
}
