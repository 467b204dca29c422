using System.Reflection;

namespace DockerGuardProxy.Text;

/// <summary>Which program this is.</summary>
internal static class ProductVersion
{
    private static readonly string[] Parts =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+', 2);

    /// <summary>The version, such as <c>0.2.0</c>.</summary>
    public static string Number => Parts[0];

    /// <summary>The commit it was built from; null if the build did not know.</summary>
    public static string? Commit => Parts.Length > 1 ? Parts[1] : null;
}
