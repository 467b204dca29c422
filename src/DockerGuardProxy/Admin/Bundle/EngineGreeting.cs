using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Admin.Bundle;

/// <summary>
/// What the engine says of itself in the head of its answer to <c>/_ping</c>, which takes no lock and asks neither containerd nor runc
/// (moby, api/server/router/system and middleware/version.go).
/// </summary>
/// <param name="Server">Its <c>Server</c> header: <c>Docker/20.10.5 (linux)</c>.</param>
/// <param name="Api">Its <c>Api-Version</c> header.</param>
internal sealed record EngineGreeting(string? Server, string? Api)
{
    /// <summary>An engine that works answers within milliseconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Asks once.</summary>
    /// <exception cref="AdminException">There is no answer; says why.</exception>
    public static async Task<EngineGreeting> AskAsync(string path, CancellationToken cancellationToken)
    {
        using var http = SocketHttp.Create(path, Limit);
        try
        {
            using var response = await http.GetAsync(new Uri("/_ping", UriKind.Relative), cancellationToken);
            return new EngineGreeting(Header(response, "Server"), Header(response, "Api-Version"));
        }
        catch (HttpRequestException e)
        {
            throw new AdminException($"{path}: {SocketHttp.Describe(e, "the engine")}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AdminException($"{path}: no answer within {Limit.TotalSeconds:0} s", e);
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
