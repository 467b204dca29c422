using Xunit;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>A container with a file that is worth a copy.</summary>
internal static class BigFile
{
    /// <summary>What copies it out.</summary>
    public const string Query = "archive?path=/tmp/big";

    /// <summary>Runs one, with 8 MB.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> RunAsync(Dockerd engine, string name)
    {
        const string script = "dd if=/dev/urandom of=/tmp/part bs=1M count=8 && mv /tmp/part /tmp/big; exec sleep 10000";
        var id = await engine.Api.RunAsync(name, ["sh", "-c", script]);
        Assert.NotNull(await Poll.UntilAsync(
            async () =>
            {
                using var answer = await engine.Api.SendAsync(HttpMethod.Head, $"/containers/{id}/{Query}");
                return answer.IsSuccessStatusCode;
            },
            TimeSpan.FromSeconds(30)));
        return id;
    }
}
