using System.Text.Json;
using DockerGuardProxy.Files;

namespace DockerGuardProxy.State;

/// <summary>The file in which the ledger outlives the process.</summary>
/// <param name="path">Its path.</param>
internal sealed class StateFile(string path)
{
    /// <summary>Name of the file in whatever folder.</summary>
    public const string Name = "state.json";

    /// <summary>Its path.</summary>
    public string Path => path;

    /// <summary>Reads it; never throws for what lies at the path.</summary>
    public StateFound Read()
    {
        var content = SmallFile.Read(path);
        if (content.IsMissing)
            return new StateFound(null, null, IsNewer: false);
        return content.Bytes is { } bytes ? Read(bytes) : new StateFound(null, content.Error, IsNewer: false);
    }

    /// <summary>Reads the content of such a file; never throws for what it is.</summary>
    public static StateFound Read(ReadOnlySpan<byte> content)
    {
        try
        {
            if (JsonSerializer.Deserialize(content, StateJson.Default.StateVersion)?.Version > StateDocument.FormatVersion)
                return new StateFound(null, "written by a newer version", IsNewer: true);
            return JsonSerializer.Deserialize(content, StateJson.Default.StateDocument) is { IsSound: true } document
                ? new StateFound(document, null, IsNewer: false)
                : new StateFound(null, "not a state file", IsNewer: false);
        }
        catch (JsonException)
        {
            // Its message would quote the content.
            return new StateFound(null, "not a state file", IsNewer: false);
        }
    }

    /// <summary>What the file holds of a document: as many containers as it may, the least important left out.</summary>
    public static FittedState Fit(StateDocument document)
    {
        var containers = document.ByImportance();
        for (var count = Math.Min(containers.Length, StateDocument.MaxContainers); ;)
        {
            var kept = document with
            {
                Containers = [.. containers.Take(count).OrderBy(remembered => remembered.Container.Id, StringComparer.Ordinal)],
            };
            var bytes = JsonSerializer.SerializeToUtf8Bytes(kept, StateJson.Default.StateDocument);
            if (bytes.Length <= SmallFile.MaxBytes)
                return new FittedState(bytes, document.Containers.Length - count);
            count = Math.Min(count - 1, (int)((long)count * SmallFile.MaxBytes / bytes.Length));
        }
    }

    /// <summary>Writes it anew; null takes it away.</summary>
    /// <exception cref="IOException">It could not be written; the old one is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, by its rights.</exception>
    public void Write(byte[]? content)
    {
        if (content is null)
            File.Delete(path);
        else
            WholeFile.Write(path, content);
    }
}

/// <summary>What was found in the place of the state file.</summary>
/// <param name="Document">The state; null if there is none of use.</param>
/// <param name="Error">Why not, for people; null where there is a state, or no file.</param>
/// <param name="IsNewer">True where it is of a newer version of the program.</param>
internal sealed record StateFound(StateDocument? Document, string? Error, bool IsNewer);

/// <summary>A state that its reader takes.</summary>
/// <param name="Bytes">The content of the file.</param>
/// <param name="Dropped">How many containers it has no room for.</param>
internal sealed record FittedState(byte[] Bytes, int Dropped);
