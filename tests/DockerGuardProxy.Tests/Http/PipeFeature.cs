using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Tests.Http;

/// <summary>A request's body that comes from any reader.</summary>
internal sealed class PipeFeature(PipeReader reader) : IRequestBodyPipeFeature
{
    public PipeReader Reader => reader;
}
