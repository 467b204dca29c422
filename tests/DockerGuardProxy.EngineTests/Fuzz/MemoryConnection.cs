using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>A connection in memory, by which a stream is sent once.</summary>
internal sealed class MemoryConnection : ConnectionContext
{
    private readonly Pipe _input = new();
    private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 0));

    public MemoryConnection() => Transport = new Duplex(_input.Reader, _output.Writer);

    public override string ConnectionId { get; set; } = $"{Guid.NewGuid()}";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    /// <summary>
    /// Sends the stream; gives all that was answered until Kestrel closes. Its end is not sent: Kestrel would take the client for gone.
    /// </summary>
    public async Task<byte[]> ExchangeAsync(ReadOnlyMemory<byte> stream)
    {
        var sending = _input.Writer.WriteAsync(stream);
        using var answers = new MemoryStream();
        await _output.Reader.CopyToAsync(answers);
        await sending;
        return answers.ToArray();
    }

    /// <summary>There is nobody to be told: what was answered before is read, and Kestrel comes to its end.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
    }

    /// <summary>Called by Kestrel when it is through.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _output.Writer.CompleteAsync();
        await _input.Reader.CompleteAsync();
        await base.DisposeAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
