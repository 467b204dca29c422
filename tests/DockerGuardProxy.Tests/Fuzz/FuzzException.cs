namespace DockerGuardProxy.Tests.Fuzz;

/// <summary>A target did something that it must not.</summary>
/// <param name="target">Its name.</param>
/// <param name="input">What it had read.</param>
/// <param name="cause">What it did.</param>
internal sealed class FuzzException(string target, byte[] input, Exception cause) : Exception(
    $"{target} of {input.Length} bytes, {Convert.ToBase64String(input)}: {cause.GetType().Name}: {cause.Message}", cause)
{
    /// <summary>What it had read.</summary>
    public byte[] Input => input;
}
