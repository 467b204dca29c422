using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Transparency;

/// <summary>What was seen on both sockets, kept in <c>artifacts/transcripts</c> for a reader who wonders what a case shows.</summary>
internal static class Transcripts
{
    public static async Task KeepAsync(string name, string direct, string proxied)
    {
        var folder = Path.Combine(Machine.Repository, "artifacts", "transcripts");
        Directory.CreateDirectory(folder);
        var file = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
        file = Path.Combine(folder, file.Length > 120 ? file[..120] : file);
        await File.WriteAllTextAsync(file + ".txt", direct);
        if (direct != proxied)
            await File.WriteAllTextAsync(file + ".proxied.txt", proxied);
        else
            File.Delete(file + ".proxied.txt");
    }
}
