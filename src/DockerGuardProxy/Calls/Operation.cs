namespace DockerGuardProxy.Calls;

/// <summary>The calls of the Docker Engine API that can end a run of a container.</summary>
internal enum Operation
{
    /// <summary><c>POST /containers/{name}/stop</c>.</summary>
    Stop,

    /// <summary><c>POST /containers/{name}/restart</c>.</summary>
    Restart,

    /// <summary><c>POST /containers/{name}/kill</c> with SIGKILL.</summary>
    Kill,

    /// <summary><c>DELETE /containers/{name}</c> with <c>force</c>.</summary>
    Remove,
}
