namespace DockerGuardProxy.Demo;

/// <summary>Something that the user has to know and can mend, told in one line.</summary>
internal class DemoException(string message) : Exception(message);
