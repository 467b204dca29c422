using System.Text.Json.Nodes;

namespace DockerGuardProxy.Configuration;

/// <summary>Reads a setting into the options that hold it; false where it is absent or wrong, and then they are as they were.</summary>
internal delegate bool SettingAssignment<TOptions>(SettingReader reader, ref TOptions options);

/// <summary>A key of the configuration and all that is known of it: a setting, or a section of them.</summary>
/// <typeparam name="TOptions">The options that hold it.</typeparam>
internal sealed class Setting<TOptions>
{
    /// <summary>Parts joined by dots, below what <typeparamref name="TOptions"/> stands for.</summary>
    public required string Key { get; init; }

    /// <summary>What it is for; empty where the same key elsewhere tells it.</summary>
    public required string Comment { get; init; }

    /// <summary>What may be written; empty for a section.</summary>
    public string Words { get; init; } = "";

    /// <summary>Whether a change waits for a restart.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>The option of <c>run</c> that sets it; null for none.</summary>
    public SettingOption? Option { get; init; }

    /// <summary>Takes the secrets out of its text; null where there are none.</summary>
    public Func<string, string>? Redact { get; init; }

    /// <summary>Reads it.</summary>
    public required SettingAssignment<TOptions> Read { get; init; }

    /// <summary>Writes it in the form in which it is read; null where it is not set.</summary>
    public required Func<TOptions, JsonNode?> Write { get; init; }

    /// <summary>Gives the second options the first ones' value.</summary>
    public required Func<TOptions, TOptions, TOptions> Copy { get; init; }

    /// <summary>Whether other keys stand below it.</summary>
    public bool IsSection => Words.Length == 0;

    /// <summary>The first part of the key.</summary>
    public string Section => Key.Split('.', 2)[0];

    /// <summary>As <see cref="Write"/>, without secrets.</summary>
    public JsonNode? Show(TOptions options) =>
        Write(options) is { } node ? Redact is null ? node : Redact(node.GetValue<string>()) : null;

    /// <summary>A section.</summary>
    public static Setting<TOptions> Head(string key, string comment, bool needsRestart = false) => new()
    {
        Key = key,
        Comment = comment,
        NeedsRestart = needsRestart,
        Read = (reader, ref _) =>
        {
            reader.Section();
            return false;
        },
        Write = _ => new JsonObject(),
        Copy = (_, to) => to,
    };

    /// <summary>The same setting in a section of larger options.</summary>
    public Setting<TOuter> In<TOuter>(string section, Func<TOuter, TOptions> get, Func<TOuter, TOptions, TOuter> set, bool needsRestart) => new()
    {
        Key = $"{section}.{Key}",
        Comment = Comment,
        Words = Words,
        NeedsRestart = needsRestart,
        Option = Option,
        Redact = Redact,
        Read = (reader, ref outer) =>
        {
            var options = get(outer);
            if (!Read(reader, ref options))
                return false;
            outer = set(outer, options);
            return true;
        },
        Write = outer => Write(get(outer)),
        Copy = (from, to) => set(to, Copy(get(from), get(to))),
    };
}
