using System.Text.Json;
using System.Text.Json.Serialization;

namespace DockerGuardProxy.Admin.Report;

/// <summary>
/// Reads and writes the reports. All but printable ASCII is written as <c>\uXXXX</c>, so a terminal may show them as they come. A report
/// that lacks a key is none.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(ReleaseReport))]
[JsonSerializable(typeof(DecisionsReport))]
[JsonSerializable(typeof(EffectiveConfigurationReport))]
[JsonSerializable(typeof(VersionsReport))]
[JsonSerializable(typeof(BundleReport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(StateReport))]
[JsonSerializable(typeof(ErrorReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
