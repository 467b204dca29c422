namespace DockerGuardProxy.Engine;

/// <summary>The engine's word on whom a reference means.</summary>
internal enum Confirmation
{
    /// <summary>The container that was expected.</summary>
    Yes,

    /// <summary>Another one, several, or none.</summary>
    No,

    /// <summary>The engine did not say in time.</summary>
    InDoubt,
}
