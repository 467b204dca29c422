using System.Collections;

namespace DockerGuardProxy.Configuration;

/// <summary>The settings that one record of options holds. It is filled by a collection initializer, so that it reads as the table it is.</summary>
internal sealed class SettingTable<TOptions> : IEnumerable<Setting<TOptions>>
{
    private readonly List<Setting<TOptions>> _rows = [];

    /// <summary>A setting; names of sections within are parted by dots.</summary>
    public void Add<T>(
        string name, ValueKind<T> kind, Func<TOptions, T> get, Func<TOptions, T, TOptions> set, string comment, SettingOption? option = null) =>
        _rows.Add(new Setting<TOptions>
        {
            Key = name,
            Comment = comment,
            Words = kind.Words,
            Option = option is null ? null : option with { Choices = kind.Choices, IsPath = kind.IsPath },
            Redact = kind.Redact,
            Read = (reader, ref options) =>
            {
                if (!kind.Read(reader, out var value))
                    return false;
                options = set(options, value);
                return true;
            },
            Write = options => kind.Write(get(options)),
            Copy = (from, to) => set(to, get(from)),
        });

    /// <summary>A section within.</summary>
    public void Add(string name, string comment) => _rows.Add(Setting<TOptions>.Head(name, comment));

    public IEnumerator<Setting<TOptions>> GetEnumerator() => _rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
