namespace DockerGuardProxy.EngineTests.Transparency.Cli;

/// <summary>A script of docker commands that must print and return the same on both sockets.</summary>
/// <param name="Name">Names it in the test list.</param>
/// <param name="Script">Bash. <c>docker</c> is the client under test; <c>x</c> prints a command's exit code behind its output.</param>
/// <param name="Basic">Runs on every engine, not only on the installed one.</param>
internal sealed record Scenario(string Name, string Script, bool Basic = false);
