namespace DockerGuardProxy.Calls;

/// <summary>What calls that the engine agrees to change: the set of containers, or a container by a signal.</summary>
internal enum ChangingCallKind
{
    /// <summary><c>POST /containers/create</c>.</summary>
    Create,

    /// <summary><c>POST /containers/{name}/start</c>.</summary>
    Start,

    /// <summary><c>POST /containers/{name}/rename</c>.</summary>
    Rename,

    /// <summary><c>DELETE /containers/{name}</c>, forced or not.</summary>
    Remove,

    /// <summary><c>DELETE /containers/{name}?link=1</c>, which removes an alias alone.</summary>
    Unlink,

    /// <summary><c>POST /containers/{name}/kill</c>, whatever its signal.</summary>
    Kill,

    /// <summary><c>POST /containers/{name}/stop</c>.</summary>
    Stop,

    /// <summary><c>POST /containers/{name}/restart</c>.</summary>
    Restart,
}
