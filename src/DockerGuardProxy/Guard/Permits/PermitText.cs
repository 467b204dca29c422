using System.Globalization;
using System.Text;

namespace DockerGuardProxy.Guard.Permits;

/// <summary>
/// Writes the bodies of this guard's answers: one readable line, and the same bytes as long as the same call holds the lock, since kubelet merges
/// equal events. Foreign strings are cut and made printable ASCII.
/// </summary>
internal static class PermitText
{
    private const int LongestName = 64;

    /// <summary>Why a caller is told instead of being left to wait.</summary>
    /// <param name="container">Its container; null where nobody knows it any more.</param>
    /// <param name="facts">What is known of its lock.</param>
    public static byte[] Tell(GuardedContainer? container, TellFacts facts)
    {
        var text = Begin(container, facts.Id)
            .Append(": the engine has not answered since ").Append(RefusalText.Utc(facts.Since)).Append("; its lock is ");
        if (facts.Holder is { } holder)
            text.Append("probably held by ").Append(Holder(holder)).Append(" since ").Append(RefusalText.Utc(holder.Since));
        else
            text.Append("held by nobody that is known here; see docker-guard-proxy status");
        return RefusalText.ToJson(RefusalText.Defuse(text.ToString()));
    }

    /// <summary>Why a caller is refused: too many wait.</summary>
    public static byte[] NoRoom(GuardedContainer? container, string id) => RefusalText.ToJson(RefusalText.Defuse(
        Begin(container, id).Append(": too many calls wait for its lock already; see docker-guard-proxy status").ToString()));

    /// <summary>A call that may hold the lock, and whose it is: <c>start of pid 812 (kubelet)</c>.</summary>
    public static string Holder(SuspectedHolder holder)
    {
        if (holder.Caller is not { Pid: > 0 } caller) return holder.Operation;
        caller.Identify();
        var name = caller.KnownComm is { Length: > 0 } comm ? $" ({RefusalText.Clean(comm, 16)})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{holder.Operation} of pid {caller.Pid}{name}");
    }

    private static StringBuilder Begin(GuardedContainer? container, string id)
    {
        var text = new StringBuilder(256).Append("container ");
        var shortId = RefusalText.Clean(id[..Math.Min(12, id.Length)], 12);
        if (container is { Name.Length: > 0 }) text.Append(RefusalText.Clean(container.Name, LongestName)).Append(" (").Append(shortId).Append(')');
        else text.Append(shortId);
        if (container?.Pod is { } pod)
        {
            text.Append(" of pod ").Append(RefusalText.Clean(pod.Namespace, LongestName)).Append('/')
                .Append(RefusalText.Clean(pod.Name, LongestName));
        }

        return text;
    }
}
