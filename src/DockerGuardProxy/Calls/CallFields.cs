using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>
/// The last step of <see cref="CallClassifier"/>: what the handlers of moby's <c>container_routes.go</c> and the functions
/// behind them (<c>daemon/stop.go</c>, <c>kill.go</c>, <c>restart.go</c>, <c>delete.go</c>) make of a form.
/// </summary>
internal static class CallFields
{
    private const long NanosecondsPerTick = 100;

    // No engine knows a signal of this name.
    private const string DisputedSignal = "disputed";

    /// <summary>The call, or null where it is none or the engine refuses a field.</summary>
    public static TerminatingCall? Read(ActionRoute route, in CallForm form, ApiRange engine) =>
        route.Operation switch
        {
            Operation.Remove => Remove(route.Reference, form),
            Operation.Kill => Kill(route.Reference, form),
            _ => Stop(route, form, engine),
        };

    /// <summary>
    /// A stop or restart that engines read differently: the later kill-at is the safe one, and a signal of its own keeps the call from being
    /// joined to another.
    /// </summary>
    public static TerminatingCall Disputed(TerminatingCall one, TerminatingCall other)
    {
        // Of a time and the container's own, which may be unknown, neither is surely the later one.
        var grace = one.Grace.Kind != other.Grace.Kind ? Grace.Never : one.Grace.Delay > other.Grace.Delay ? one.Grace : other.Grace;
        return one with { Grace = grace, Signal = DisputedSignal };
    }

    private static TerminatingCall? Remove(string reference, in CallForm form) =>
        IsTrue(form.Force) && !IsTrue(form.Link)
            ? new(Operation.Remove, reference, Grace.None, SignalName.Kill)
            : null;

    private static TerminatingCall? Kill(string reference, in CallForm form)
    {
        const int sigkill = 9;
        return string.IsNullOrEmpty(form.Signal) || (SignalName.TryParse(form.Signal, out var number) && number == sigkill)
            ? new(Operation.Kill, reference, Grace.None, SignalName.Kill)
            : null;
    }

    private static TerminatingCall? Stop(ActionRoute route, in CallForm form, ApiRange engine)
    {
        var grace = Grace.OfContainer;
        if (!string.IsNullOrEmpty(form.Timeout))
        {
            if (!GoNumber.TryParse(form.Timeout, out var seconds))
            {
                return null;
            }

            grace = GraceOf(seconds);
        }

        var heeds = engine.HeedsStopSignal(route.Version);
        if (heeds == false || string.IsNullOrEmpty(form.Signal))
        {
            return new(route.Operation, route.Reference, grace, null);
        }

        var signal = SignalName.Normalize(form.Signal);
        if (heeds is null)
        {
            // An old engine stops by the container's own signal, a new one by this one or not at all: the later kill-at is
            // the safe one, and a name of its own keeps the call from being joined to another.
            return new(route.Operation, route.Reference, grace, signal ?? form.Signal);
        }

        return signal is null
            ? null
            : new(route.Operation, route.Reference, signal == SignalName.Kill ? Grace.None : grace, signal);
    }

    /// <summary>
    /// <c>time.Duration(seconds) * time.Second</c> wraps around at 64 bits of nanoseconds: below zero (or zero) SIGKILL comes
    /// at once, above after what is left.
    /// </summary>
    private static Grace GraceOf(long seconds)
    {
        if (seconds < 0)
        {
            return Grace.Never;
        }

        var nanoseconds = unchecked(seconds * 1_000_000_000);
        return nanoseconds <= 0
            ? Grace.None
            : Grace.After(TimeSpan.FromTicks((nanoseconds / NanosecondsPerTick) + (nanoseconds % NanosecondsPerTick == 0 ? 0 : 1)));
    }

    /// <summary>moby's <c>httputils.BoolValue</c>: everything is true but a few words, in any case, with blanks around.</summary>
    private static bool IsTrue(string? value)
    {
        var word = value.AsSpan().Trim();
        return !(word.IsEmpty
            || word.SequenceEqual("0")
            || Ascii.EqualsIgnoreCase(word, "no")
            || Ascii.EqualsIgnoreCase(word, "false")
            || Ascii.EqualsIgnoreCase(word, "none"));
    }
}
