using DockerGuardProxy.Calls;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>Something that happened in the ledger.</summary>
internal abstract record GuardEvent
{
    private GuardEvent()
    {
    }

    /// <summary>A call was decided about, at arrival or again later. In observe mode it is sent all the same.</summary>
    /// <param name="Ticket">The call.</param>
    /// <param name="Verdict">The decision.</param>
    /// <param name="Lead">The lead of a joined call.</param>
    /// <param name="OpenCalls">Open calls of the container before the decision took effect.</param>
    /// <param name="Diagnosis">The last report about the container; null without one.</param>
    internal sealed record Decided(Ticket Ticket, Verdict Verdict, Attempt? Lead, int OpenCalls, Diagnosis? Diagnosis) : GuardEvent;

    /// <summary>A caller was refused, or would have been (<see cref="GuardMode.Observe"/>).</summary>
    /// <param name="Ticket">The call.</param>
    /// <param name="Refusal">What it was told.</param>
    /// <param name="OpenCalls">Open calls of the container.</param>
    /// <param name="Diagnosis">What the refusal rests on; null if nothing was reported.</param>
    internal sealed record Refused(Ticket Ticket, Refusal Refusal, int OpenCalls, Diagnosis? Diagnosis) : GuardEvent;

    /// <summary>A caller was told its outcome. Nothing more is reported about the call.</summary>
    internal sealed record Concluded(Ticket Ticket, Outcome Outcome) : GuardEvent;

    /// <summary>The caller of a call that was sent has left; the call stays open. One that was not sent is <see cref="Concluded"/> instead.</summary>
    internal sealed record CallerLeft(Ticket Ticket) : GuardEvent;

    /// <summary>
    /// The container exited within 60 s after these refusals. By itself that is no fault of theirs: what they named was mended, as a rule.
    /// </summary>
    internal sealed record EndedSoonAfterRefusals(GuardedContainer Container, Operation Operation, int Count) : GuardEvent;

    /// <summary>Refusals of the last 60 s were wrong: the container exited while all tasks that they named still waited.</summary>
    internal sealed record RefusalsProvedWrong(GuardedContainer Container, Operation Operation, int Count) : GuardEvent;

    /// <summary>SIGKILL is due, and nobody can tell whether it will work; said once for each time that it becomes so.</summary>
    internal sealed record CannotTell(GuardedContainer Container) : GuardEvent;

    /// <summary>SIGKILL is due, and there is evidence that it can't work; the container is not yet stuck.</summary>
    internal sealed record EvidenceBegan(GuardedContainer Container) : GuardEvent;

    /// <summary>A container became stuck.</summary>
    internal sealed record StuckBegan(GuardedContainer Container, Diagnosis Diagnosis, DateTimeOffset Since) : GuardEvent;

    /// <summary>It no longer is, by its end or by the end of the evidence.</summary>
    /// <param name="Container">The container.</param>
    /// <param name="Diagnosis">The last one of it.</param>
    /// <param name="Duration">Since the evidence began.</param>
    /// <param name="CallsSaved">Calls of this run that the engine was spared.</param>
    internal sealed record StuckEnded(GuardedContainer Container, Diagnosis Diagnosis, TimeSpan Duration, long CallsSaved) : GuardEvent;

    /// <summary>A fault inside the guard: what waited and was not sent was forwarded.</summary>
    /// <param name="Cause">The fault.</param>
    /// <param name="Container">
    /// Whose calls pass unguarded until its run ends, for <see cref="ContainerEntry.QuarantineLasts"/> at most, while everybody else is guarded
    /// as before; null where it was about none, and the ledger began anew or went on.
    /// </param>
    internal sealed record Faulted(Exception Cause, GuardedContainer? Container = null) : GuardEvent;
}
