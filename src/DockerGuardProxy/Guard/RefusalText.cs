using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>
/// Writes the body of a refusal: one readable line, at most <see cref="MaxBytes"/> with its JSON, the same bytes as long as the same
/// tasks are stuck (kubelet merges equal events). Nothing in it counts or runs. Foreign strings are cut and made printable ASCII.
/// </summary>
internal static class RefusalText
{
    /// <summary>The longest body, JSON included.</summary>
    public const int MaxBytes = 400;

    private const int MaxTasks = 3;

    // kubelet reads these texts as "the container is gone" and "the name is taken", and drops what it knew of the container;
    // the third is the engine's own and would be taken for its answer.
    private static readonly string[] Forbidden =
        ["No such container:", "is already in use by container", "did not receive an exit event"];

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // From full detail to the least that still names container, pid and comm; the first that fits is taken, so the choice depends on
    // the facts alone.
    private static readonly Level[] Levels =
    [
        new(MaxTasks, 64, 64, 64), new(MaxTasks, 48, 40, 32), new(2, 48, 40, 32), new(2, 40, 32, 16),
        new(1, 40, 32, 32), new(1, 32, 24, 16), new(1, 24, 24, 0),
    ];

    /// <summary>Writes the body.</summary>
    /// <param name="container">Whom it is about.</param>
    /// <param name="diagnosis">What holds it; null where nothing was reported.</param>
    /// <param name="since">Since when; written in UTC, to the second.</param>
    public static byte[] Write(GuardedContainer container, Diagnosis? diagnosis, DateTimeOffset since)
    {
        byte[] body = [];
        foreach (var level in Levels)
        {
            body = ToJson(Compose(container, diagnosis, since, level));
            if (body.Length <= MaxBytes)
                break;
        }
        return body;
    }

    /// <summary>The tasks by which it explains the refusal, where there is room for them all; empty where it names none.</summary>
    public static ImmutableArray<StuckTask> Named(Diagnosis? diagnosis) =>
        diagnosis is { Kind: DiagnosisKind.DState or DiagnosisKind.Frozen } ? [.. diagnosis.Tasks.Take(MaxTasks)] : [];

    private static string Compose(GuardedContainer container, Diagnosis? diagnosis, DateTimeOffset since, Level level)
    {
        var text = new StringBuilder(MaxBytes);
        text.Append("container ").Append(Clean(container.Name, level.Name))
            .Append(" (").Append(Clean(container.Id[..Math.Min(12, container.Id.Length)], 12)).Append(')');
        if (container.Pod is { } pod)
            text.Append(" of pod ").Append(Clean(pod.Namespace, level.Pod)).Append('/').Append(Clean(pod.Name, level.Pod));
        var kind = diagnosis?.Kind ?? DiagnosisKind.CannotTell;
        text.Append(kind switch
        {
            DiagnosisKind.CannotTell => " has not ended on SIGKILL since ",
            DiagnosisKind.ExitLost => " has no task left since ",
            _ => " cannot be ended by SIGKILL since ",
        });
        text.Append(Utc(since)).Append(": ");
        if (kind is DiagnosisKind.DState or DiagnosisKind.Frozen)
            AppendTasks(text, diagnosis!, level);
        if (kind == DiagnosisKind.ExitLost && diagnosis!.Hold is { } hold)
            AppendHold(text, hold);
        text.Append(kind switch
        {
            DiagnosisKind.ExitLost when diagnosis!.Hold is not null => "; more kills change nothing",
            DiagnosisKind.DState => "in D state; mend or detach what it waits for, or reboot; more kills change nothing",
            DiagnosisKind.Frozen => "in a frozen cgroup; thaw it; more kills change nothing",
            DiagnosisKind.ExitLost =>
                "its end waits in the engine, mostly for a client (attach, exec) that reads no output: end that client, see ss -xp "
                + "(Recv-Q, peer dockerd); or for its log driver; more kills change nothing",
            _ => "/proc can't be read, so the cause is unknown; look for tasks in D state on the node",
        });
        return Defuse(text.ToString());
    }

    private static void AppendHold(StringBuilder text, ExitHold hold)
    {
        if (hold.Client is { } client)
        {
            text.Append("its end waits for pid ").Append(CultureInfo.InvariantCulture, $"{client.Pid}")
                .Append(" (").Append(Clean(client.Comm, 16)).Append(", ").Append(client.Operation).Append("), which has left ")
                .Append(CultureInfo.InvariantCulture, $"{client.Bytes}").Append(" bytes unread since ").Append(Utc(client.Since));
            if (hold.MoreClients > 0)
                text.Append(CultureInfo.InvariantCulture, $" +{hold.MoreClients} more");
            text.Append(": end that process");
            return;
        }

        text.Append("no unread stream of ours: look for a client past the proxy (ss -xp, Recv-Q, peer dockerd), or at log driver ")
            .Append(Clean(hold.LogDriver ?? "(unknown)", 16));
    }

    internal static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void AppendTasks(StringBuilder text, Diagnosis diagnosis, Level level)
    {
        var tasks = diagnosis.Tasks;
        if (tasks.IsDefaultOrEmpty)
        {
            text.Append("its tasks are ");
            return;
        }
        var shown = Math.Min(tasks.Length, level.Tasks);
        for (var i = 0; i < shown; i++)
        {
            var task = tasks[i];
            text.Append(i == 0 ? "pid " : ", ").Append(CultureInfo.InvariantCulture, $"{task.Pid}")
                .Append(" (").Append(Clean(task.Comm, 16)).Append(')');
            if (task.Wchan.Length > 0 && level.Where > 0)
                text.Append(" at ").Append(Clean(task.Wchan, Math.Max(level.Where / 2, 20)));
            if (task.FileSystem is { Length: > 0 } fileSystem && level.Where > 0)
                text.Append(" on ").Append(Clean(fileSystem, level.Where));
        }
        var more = tasks.Length - shown + diagnosis.MoreTasks;
        if (more > 0)
            text.Append(CultureInfo.InvariantCulture, $" +{more} more");
        text.Append(' ');
    }

    // Quotes and backslashes would grow in JSON; '?' keeps one character one byte, so cutting and measuring agree.
    internal static string Clean(string foreign, int max)
    {
        var isCut = foreign.Length > max;
        return string.Create(isCut ? max : foreign.Length, (foreign, isCut), static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
                to[i] = from.foreign[i] is >= ' ' and <= '~' and not ('"' or '\\') ? from.foreign[i] : '?';
            if (from.isCut)
                to[^1] = '~';
        });
    }

    internal static string Defuse(string text)
    {
        foreach (var forbidden in Forbidden)
            text = text.Replace(forbidden, forbidden.Replace(' ', '_'), StringComparison.OrdinalIgnoreCase);
        return text;
    }

    internal static byte[] ToJson(string message)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Json))
        {
            writer.WriteStartObject();
            writer.WriteString("message"u8, message);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>How much is told: tasks, and the longest name, half of a pod's name, and place (wchan, file system).</summary>
    private readonly record struct Level(int Tasks, int Name, int Pod, int Where);
}
