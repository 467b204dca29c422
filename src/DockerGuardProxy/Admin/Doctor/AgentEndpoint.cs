namespace DockerGuardProxy.Admin.Doctor;

/// <summary>
/// The engine that a kubelet with dockershim (<c>cmd/kubelet/app/options/container_runtime.go</c>, to 1.23) or a cri-dockerd
/// (<c>config/options.go</c>) uses, from its command line and, for the kubelet's runtime, its configuration file.
/// </summary>
/// <param name="Endpoint">Of Docker's API; null where it uses none.</param>
/// <param name="IsCertain">False where nothing says which runtime it uses: then the endpoint is the default of an old kubelet.</param>
internal readonly record struct AgentEndpoint(string? Endpoint, bool IsCertain)
{
    private const string Default = "unix:///var/run/docker.sock";

    /// <summary>Reads them.</summary>
    /// <param name="comm">The program: <c>kubelet</c> or <c>cri-dockerd</c>.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="configuration">The text of the file that <c>--config</c> names; null without one.</param>
    public static AgentEndpoint Of(string comm, IReadOnlyList<string> arguments, string? configuration)
    {
        var docker = Option(arguments, "--docker-endpoint");
        var runtime = Option(arguments, "--container-runtime");
        if (comm != "kubelet" || runtime == "docker")
            return new(docker ?? Default, IsCertain: true);
        var cri = Option(arguments, "--container-runtime-endpoint") ?? Setting(configuration, "containerRuntimeEndpoint");
        if (runtime == "remote" || (!string.IsNullOrEmpty(cri) && !cri.EndsWith("/dockershim.sock", StringComparison.Ordinal)))
            return new(null, IsCertain: true);
        return new(docker ?? Default, IsCertain: docker is not null || !string.IsNullOrEmpty(cri));
    }

    /// <summary>The value of the last such option: <c>--name=value</c> or <c>--name value</c>.</summary>
    public static string? Option(IReadOnlyList<string> arguments, string name)
    {
        string? value = null;
        for (var i = 1; i < arguments.Count; i++)
        {
            if (arguments[i] == name && i + 1 < arguments.Count)
                value = arguments[i + 1];
            else if (arguments[i].StartsWith(name + "=", StringComparison.Ordinal))
                value = arguments[i][(name.Length + 1)..];
        }

        return value;
    }

    // One key at the left margin of a YAML file, or of a JSON object written over lines.
    private static string? Setting(string? configuration, string key)
    {
        foreach (var line in configuration?.Split('\n') ?? [])
        {
            var (name, value) = line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? (line[..colon], line[(colon + 1)..]) : ("", "");
            if (name.Trim().Trim('"') == key)
                return value.Trim().TrimEnd(',').Trim('"', '\'');
        }

        return null;
    }
}
