using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DockerGuardProxy.Admin.Report;

namespace DockerGuardProxy.Admin;

/// <summary>An answer of the admin socket.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">One report as JSON, ended by a line feed.</param>
internal readonly record struct AdminAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    public static AdminAnswer Of<T>(int status, T report, JsonTypeInfo<T> type) =>
        new(status, (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(report, type), (byte)'\n']);

    public static AdminAnswer Error(int status, string message) => Of(status, new ErrorReport(message), ReportJson.Default.ErrorReport);
}
