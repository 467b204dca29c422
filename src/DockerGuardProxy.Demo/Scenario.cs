namespace DockerGuardProxy.Demo;

/// <summary>A way in which one container takes its engine.</summary>
internal enum Scenario
{
    /// <summary>SIGKILL can't end it, and it is asked for its stop again and again.</summary>
    Stop,

    /// <summary>Its lock hangs, and it is looked at again and again.</summary>
    Lock,

    /// <summary>Its client does not read, and keeps it from ending.</summary>
    Streams,
}
