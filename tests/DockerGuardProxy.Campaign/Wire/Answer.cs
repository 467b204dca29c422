using System.Text;
using System.Text.Json;

namespace DockerGuardProxy.Campaign.Wire;

/// <summary>A whole answer.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Decision">What the guard says of an answer of its own; null on the engine's.</param>
/// <param name="Body">Its body without framing.</param>
internal sealed record Answer(int Status, string? Decision, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json()
    {
        using var document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }
}
