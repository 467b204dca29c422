using DockerGuardProxy.Engine;

namespace DockerGuardProxy.Tests.Engine;

/// <summary>Writes down what it hears, as <see cref="Samples.Show(IEnumerable{ContainerChange})"/> does; <c>R</c> for a restart.</summary>
internal sealed class Listener : IContainerEvents
{
    private readonly List<string> _heard = [];

    public string Heard
    {
        get
        {
            lock (_heard)
                return string.Join(' ', _heard);
        }
    }

    public void RunStarted(Container container) => Note("+" + container.Id.TrimEnd('0'));

    public void RunEnded(Container container) => Note("-" + container.Id.TrimEnd('0'));

    public void Renamed(Container container, string? formerName) => Note($"~{container.Id.TrimEnd('0')}:{formerName}>{container.Name}");

    public void Removed(Container container) => Note("x" + container.Id.TrimEnd('0'));

    public void Killed(Container container, string? signal, DateTimeOffset at) => Note($"!{container.Id.TrimEnd('0')}:{signal}");

    public void EngineRestarted() => Note("R");

    private void Note(string text)
    {
        lock (_heard)
            _heard.Add(text);
    }
}
