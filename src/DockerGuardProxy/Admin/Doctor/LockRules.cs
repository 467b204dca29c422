using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>What slow locks mean, and what to do. Pure.</summary>
internal static class LockRules
{
    private const int MostNamed = 5, MaxName = 128;

    /// <summary>A finding for each slow lock, up to a few.</summary>
    /// <param name="locks">What the proxy says; null from an older one.</param>
    public static IEnumerable<Finding> Judge(LocksReport? locks)
    {
        var slow = locks?.Containers.Where(it => it.SlowSeconds is not null).ToArray() ?? [];
        foreach (var it in slow.Take(MostNamed))
        {
            var name = $"{LogText.Escape(it.Name, MaxName)} ({LogText.Escape(ShortId.Of(it.Id), MaxName)})";
            var age = Age.Text(TimeSpan.FromSeconds(Math.Clamp(it.SlowSeconds!.Value, 0, 1e10)));
            yield return Finding.Problem(
                "lock",
                $"the engine has answered no call on {name} for {age}; {it.Calls.Sum(calls => calls.Held)} calls are held"
                + (it.Holder is { } holder ? $"; its lock is probably held by {LogText.Escape(holder, MaxName)}" : ""),
                it.Holder is null
                    ? "look at its shim (kill -CONT, or end it) and at the file systems that it mounts; a client past the proxy may hold it as well"
                    : "end that call's client, or mend what it waits for: a mount, a shim, a copy that nobody reads");
        }

        if (slow.Length > MostNamed)
            yield return Finding.Problem("lock", $"{slow.Length - MostNamed} more locks are slow", "docker-guard-proxy status names them");
    }
}
