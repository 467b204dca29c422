namespace DockerGuardProxy.Calls;

/// <summary>Calls that pile up in the engine when a container's lock, shim or disk hangs. They are watched and always pass.</summary>
internal enum LongCallKind
{
    /// <summary><c>POST /exec/{id}/start</c>.</summary>
    Exec,

    /// <summary><c>GET /containers/{name}/json</c>.</summary>
    Inspect,

    /// <summary><c>GET /containers/{name}/stats</c>.</summary>
    Stats,

    /// <summary><c>POST /containers/{name}/attach</c>, or by websocket.</summary>
    Attach,

    /// <summary><c>GET /containers/{name}/logs</c>.</summary>
    Logs,

    /// <summary><c>POST /containers/{name}/wait</c>.</summary>
    Wait,
}
