using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using DockerGuardProxy.Configuration;

namespace DockerGuardProxy.Tests.Configuration;

/// <summary>What is made from the list of settings: the shipped file and the reference.</summary>
internal static class GeneratedFiles
{
    private const int LineLength = 150;

    /// <summary>config/docker-guard-proxy.json: every setting with its default and its meaning.</summary>
    public static string ShippedFile()
    {
        var text = new StringBuilder("""
            // DockerGuardProxy: every setting with its default. Install as /etc/docker-guard-proxy/docker-guard-proxy.json; leave out what stays as it is.
            // Stronger than this file: the environment (DOCKER_GUARD_PROXY__GUARD__MODE=observe), then the command line.
            // Durations: 500ms, 5s, 1m30s, 2h. Check a file with: docker-guard-proxy check-config FILE
            // A change takes effect within about 2 s, or at once on SIGHUP; "restart" marks what waits for a restart.

            """);
        Object("", "");
        return text.Append('\n').ToString();

        void Object(string section, string indent)
        {
            var rows = Settings.All.Where(row => ParentOf(row.Key) == section && Default(row) is not null).ToList();
            text.Append(rows.Count == 0 ? "{" : "{\n");
            foreach (var row in rows)
            {
                foreach (var line in Wrapped(CommentOf(row), LineLength - indent.Length - "  // ".Length))
                    text.Append(indent).Append("  // ").Append(line).Append('\n');
                text.Append(indent).Append($"  \"{row.Key.Split('.')[^1]}\": ");
                if (row.IsSection)
                    Object(row.Key, indent + "  ");
                else
                    text.Append(Json(Default(row)!));
                text.Append(row == rows[^1] ? $"\n{indent}" : section.Length == 0 ? ",\n\n" : ",\n");
            }

            text.Append('}');
        }
    }

    /// <summary>The generated part of docs/configuration.md.</summary>
    public static string Reference()
    {
        var text = new StringBuilder();
        foreach (var row in Settings.All.Where(row => row.Comment.Length > 0))
        {
            if (row.IsSection && row.Key == row.Section)
            {
                var comment = $"{row.Comment} {(row.NeedsRestart ? "A change waits for a restart." : "A change takes effect at once.")}";
                text.Append($"\n### {row.Key}\n\n").AppendJoin('\n', Wrapped(comment, LineLength)).Append($"\n\n{Head}");
            }
            else if (row.Key == row.Section)
            {
                text.Append(Head);
            }

            if (row.Key != row.Section || !row.IsSection)
                text.Append($"| `{row.Key}` | {(row.IsSection || Default(row) is not { } value ? "" : $"`{Json(value)}`")} | {row.Words} | {row.Comment}{Option(row)} |\n");
        }

        return text.ToString();

        static string Option(Setting<ProxyConfiguration> row) => row.Option is { } option ? $" `run {option.Name} {option.HelpName}`" : "";
    }

    /// <summary>A file of the checkout.</summary>
    public static string Find(string name, [CallerFilePath] string source = "")
    {
        for (var folder = new FileInfo(source).Directory; folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, name);
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException(name);
    }

    private const string Head = "| key | default | what may be written | meaning |\n|---|---|---|---|\n";

    private static JsonNode? Default(Setting<ProxyConfiguration> row) => row.Write(ProxyConfiguration.Default);

    private static string ParentOf(string key) => key.LastIndexOf('.') is >= 0 and var dot ? key[..dot] : "";

    private static string CommentOf(Setting<ProxyConfiguration> row) => row is { IsSection: true, NeedsRestart: true } && row.Key == row.Section
        ? $"restart: {char.ToLowerInvariant(row.Comment[0])}{row.Comment[1..]}"
        : row.Comment;

    private static string Json(JsonNode node) =>
        node is JsonArray list ? $"[{string.Join(", ", list.Select(item => item!.ToJsonString()))}]" : node.ToJsonString();

    private static IEnumerable<string> Wrapped(string text, int length)
    {
        while (text.Length > length)
        {
            var end = text.LastIndexOf(' ', length);
            yield return text[..end];
            text = text[(end + 1)..];
        }

        yield return text;
    }
}
