using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

/// <summary>Containers and events as tests write them.</summary>
internal static class Samples
{
    /// <summary>Ends the test when the run is cancelled.</summary>
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A full id from a short beginning.</summary>
    public static string Id(string beginning) => beginning.PadRight(64, '0');

    public static EngineEvent Event(string action, string id, string? name = null, long at = 1, params (string Key, string Value)[] more)
    {
        var attributes = more.ToDictionary(pair => pair.Key, pair => pair.Value);
        if (name is not null)
            attributes["name"] = name;
        return new EngineEvent
        {
            Type = "container",
            Action = action,
            TimeNano = at,
            Actor = new EngineActor { Id = Id(id), Attributes = attributes },
        };
    }

    public static ListedContainer Listed(string id, bool running, params string[] names) => new(Id(id), [.. names], running, null);

    public static ContainerSet Set(params ListedContainer[] list) => ContainerReducer.Reconcile(ContainerSet.Empty, list, [], 0, []);

    /// <summary>A set in one line: <c>a[/web,/x/y]* b[/db]</c>; a star for a run.</summary>
    public static string Show(ContainerSet set) => string.Join(' ', set.Containers
        .OrderBy(container => container.Id, StringComparer.Ordinal)
        .Select(container => $"{container.Id.TrimEnd('0')}[{string.Join(',', container.Names.Order(StringComparer.Ordinal))}]{(container.Running ? "*" : "")}"));

    /// <summary>Changes in one line: <c>+a</c> run started, <c>-a</c> ended, <c>~a</c> renamed, <c>xa</c> removed, <c>!a:9</c> killed.</summary>
    public static string Show(IEnumerable<ContainerChange> changes) => string.Join(' ', changes.Select(change =>
    {
        var id = change.Container.Id.TrimEnd('0');
        return change.Kind switch
        {
            ContainerChangeKind.RunStarted => "+" + id,
            ContainerChangeKind.RunEnded => "-" + id,
            ContainerChangeKind.Renamed => $"~{id}:{change.Detail}>{change.Container.Name}",
            ContainerChangeKind.Removed => "x" + id,
            _ => $"!{id}:{change.Detail}",
        };
    }));
}
