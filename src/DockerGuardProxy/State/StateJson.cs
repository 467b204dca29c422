using System.Text.Json.Serialization;

namespace DockerGuardProxy.State;

/// <summary>Reads and writes the state file. A document that lacks a key is none.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    WriteIndented = true,
    NewLine = "\n",
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StateDocument))]
[JsonSerializable(typeof(StateVersion))]
[JsonSerializable(typeof(StartRecord))]
internal sealed partial class StateJson : JsonSerializerContext;
