using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Tests.Calls;

/// <summary>Rows by the names of their operations.</summary>
internal static class Rows
{
    public static CallRow Named(string name) => CallTable.Docker.Rows.First(row => row.Name == name);
}
