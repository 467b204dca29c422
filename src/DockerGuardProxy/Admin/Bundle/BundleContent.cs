using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Configuration;

namespace DockerGuardProxy.Admin.Bundle;

/// <summary>What has been gathered for an archive, and what could not be. Every text goes through <see cref="Redaction"/> here.</summary>
/// <param name="time">When it is gathered, in UTC.</param>
internal sealed class BundleContent(DateTimeOffset time)
{
    private readonly List<BundleFile> _files = [];
    private readonly List<MissingReport> _missing = [];

    public DateTimeOffset Time => time;

    public IReadOnlyList<MissingReport> Missing => _missing;

    /// <summary>All files, the list of them first.</summary>
    public IReadOnlyList<BundleFile> Files()
    {
        var list = new BundleReport(BundleReport.FormatVersion, time, [.. _files.Select(file => file.Name)], _missing);
        return [new BundleFile("bundle.json", AdminAnswer.Of(200, list, ReportJson.Default.BundleReport).Body), .. _files];
    }

    public void Add(string name, string text) => _files.Add(new BundleFile(name, Encoding.UTF8.GetBytes(Redaction.Text(text))));

    public void Add<T>(string name, T report, JsonTypeInfo<T> type) => Add(name, JsonSerializer.Serialize(report, type) + "\n");

    public void Miss(string what, string reason) => _missing.Add(new MissingReport(what, Redaction.Text(reason)));
}
