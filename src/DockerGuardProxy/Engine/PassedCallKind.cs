namespace DockerGuardProxy.Engine;

/// <summary>The calls that pass unchanged and yet tell the index, or <see cref="BypassWatch"/>, something.</summary>
internal enum PassedCallKind
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
