using System.Globalization;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin;

/// <summary>The part of the status for people that names clients who do not read.</summary>
internal static class StreamText
{
    private const int Max = 10;

    /// <summary>Writes it; nothing where there are none.</summary>
    public static void Write(Sheet sheet, StatusReport status)
    {
        if (status.Streams is not [_, ..] streams) return;
        var label = "unread";
        foreach (var stream in streams.Take(Max))
        {
            sheet.Row(label, Describe(stream, status.Time));
            label = "";
        }

        if (streams.Count > Max) sheet.Row("", $"and {streams.Count - Max} more; see --json");
        if (status.HeldBytes > 0) sheet.Row("", $"{Bytes(status.HeldBytes)} are held for clients whose streams were taken over");
    }

    /// <summary>One of them in a line; also for the doctor.</summary>
    public static string Describe(StreamReport stream, DateTimeOffset now)
    {
        var client = $"pid {stream.Pid} ({Clean(stream.Comm)})";
        var since = $"since {UtcTime.Of(stream.Since)}, {Age.Text(now - stream.Since)}";
        var what = stream.Operation switch
        {
            "events" => $"{client} does not read the events, {Bytes(stream.UnreadBytes)} wait {since}: each event of the node takes 100 ms more",
            "upload" => $"{client} sends nothing more of its upload into {Whom(stream)} {since}: that holds its lock",
            "download" => $"{client} does not read its download from {Whom(stream)}, {Bytes(stream.UnreadBytes)} wait {since}: that holds its lock",
            _ => $"{client} does not read its {Clean(stream.Operation)} of {Whom(stream)}, {Bytes(stream.UnreadBytes)} wait {since}",
        };
        return what + stream switch
        {
            { TakenOver: true } => $"; taken over, {Bytes(stream.HeldBytes)} held{(stream.Cut ? ", the rest was dropped" : "")}",
            { Cut: true } => "; cut",
            { ProcessEnded: true } => "; its process has ended",
            _ => "",
        };
    }

    private static string Whom(StreamReport stream) => stream.ContainerId is { } id
        ? $"{(stream.ContainerName.Length > 0 ? Clean(stream.ContainerName) : "container")} ({Clean(ShortId.Of(id))})"
        : Clean(stream.Reference[..Math.Min(stream.Reference.Length, 64)]);

    private static string Bytes(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} bytes");

    private static string Clean(string foreign) => LogText.Escape(foreign, 120);
}
