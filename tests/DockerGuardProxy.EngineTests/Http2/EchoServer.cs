namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>The one <see cref="EchoService"/> there is.</summary>
internal sealed class EchoServer : EchoService;
