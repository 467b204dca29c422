namespace DockerGuardProxy.Http;

/// <summary>Whoever must learn of an answer before the client has it.</summary>
internal interface IAnswerWatch
{
    /// <summary>Takes note of the answer. Whatever fails here, the answer is the client's.</summary>
    /// <returns>The beginning of the body, where it was read; empty where nothing was. What follows is still in the answer's stream.</returns>
    public ValueTask<ReadOnlyMemory<byte>> TakeAsync(HttpResponseMessage response, CancellationToken cancellationToken);
}
