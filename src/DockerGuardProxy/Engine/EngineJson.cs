using System.Text.Json.Serialization;

namespace DockerGuardProxy.Engine;

/// <summary>Serialisation without reflection for what Docker.DotNet gives only as a stream.</summary>
[JsonSerializable(typeof(EngineEvent))]
internal sealed partial class EngineJson : JsonSerializerContext;
