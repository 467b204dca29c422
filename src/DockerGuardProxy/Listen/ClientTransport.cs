using System.IO.Pipelines;

namespace DockerGuardProxy.Listen;

/// <summary>
/// The transport that Kestrel's HTTP layer sees. It passes everything on until a hijack takes the raw pipes over; from then
/// on Kestrel reads a completed input and writes into a sink, and so ends the connection without touching the stream.
/// </summary>
internal sealed class ClientTransport(IDuplexPipe raw, StopNotice stop, Action<long> onAsked, TimeProvider time) : IDuplexPipe
{
    private readonly ClientInput _input = new(raw.Input, stop.BeginRequest, onAsked);
    private readonly ClientOutput _output = new(raw.Output, time);

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    /// <summary>The method as the client sent it, if Kestrel has another.</summary>
    public string? MethodAsSent => _input.Repair.Method;

    /// <summary>The target as the client sent it, if Kestrel has another.</summary>
    public string? TargetAsSent => _input.Repair.Target;

    /// <summary>The value of Host as the client sent it, if Kestrel has another.</summary>
    public string? HostAsSent => _input.Repair.Host;

    /// <summary>True once the raw pipes have been handed over.</summary>
    public bool IsTaken => _output.IsTaken;

    /// <summary>Timestamp of the first byte of the answer under way; 0 before it.</summary>
    public long AnswerBegan => _output.AnswerBegan;

    /// <summary>True if bytes that Kestrel has not taken yet wait in the input. Only while nobody reads from it.</summary>
    public bool HasUnreadInput => _input.HasUnread;

    /// <summary>A head has come whole, and the application answers it.</summary>
    public void BeginAnswer(bool isHttp10)
    {
        stop.BeginAnswer();
        _input.BeginAnswer();
        _output.BeginAnswer(isHttp10);
    }

    /// <summary>The answer is complete.</summary>
    public void EndAnswer()
    {
        _input.EndAnswer();
        stop.EndAnswer();
        _output.EndAnswer();
    }

    /// <summary>
    /// Repairs no head until <see cref="LookAtHeads"/>: Kestrel drains a body that was not read to its end after the answer, when the input
    /// can't be told from a head.
    /// </summary>
    public void LeaveHeadsAlone() => _input.Repair.IsOff = true;

    /// <summary>What comes next is a head for certain.</summary>
    public void LookAtHeads() => _input.Repair.IsOff = false;

    /// <summary>Ends a read of Kestrel's that began before the take-over; it finds the input completed then.</summary>
    public void EndPendingRead() => raw.Input.CancelPendingRead();

    /// <summary>Hands the raw pipes over, once; only while neither side of Kestrel is reading or writing.</summary>
    public IDuplexPipe TakeOver()
    {
        _input.IsTaken = true;
        _output.IsTaken = true;
        return raw;
    }
}
