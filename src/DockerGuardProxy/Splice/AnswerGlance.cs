namespace DockerGuardProxy.Splice;

/// <summary>Takes a look at a small answer as it passes. Must not block, and not fail: the answer is the client's.</summary>
/// <param name="status">Its status.</param>
/// <param name="body">What has come of its body along with its head, as it came.</param>
internal delegate void AnswerGlance(int status, ReadOnlySpan<byte> body);
