namespace DockerGuardProxy.Guard;

/// <summary>A 503 of our own.</summary>
/// <param name="Body">The JSON body; shared between refusals, never written to.</param>
/// <param name="RetryAfterSeconds">Value of <c>Retry-After</c>, at least 1.</param>
/// <param name="Reason">What it rests on.</param>
internal sealed record Refusal(ReadOnlyMemory<byte> Body, int RetryAfterSeconds, Reason Reason)
{
    /// <summary>The status of every refusal.</summary>
    public const int Status = 503;

    /// <summary>The media type, exactly; the docker CLI shows the message of no other.</summary>
    public const string ContentType = "application/json";
}
