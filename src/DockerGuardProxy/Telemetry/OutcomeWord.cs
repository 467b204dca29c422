using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Telemetry;

/// <summary>What became of a call, as an attribute value.</summary>
internal static class OutcomeWord
{
    /// <summary>The engine answered it.</summary>
    public const string Answered = "answered";

    /// <summary>It got a copy of its lead's answer.</summary>
    public const string Copied = "copied";

    /// <summary>It was refused.</summary>
    public const string Refused = "refused";

    /// <summary>It was sent, and the engine's answer never came.</summary>
    public const string Lost = "lost";

    /// <summary>Its caller gave up: after it was sent, or while it waited.</summary>
    public const string Left = "left";

    /// <summary>The proxy ended before there was an answer.</summary>
    public const string TurnedAway = "turned-away";

    /// <summary>The guard failed, and it was forwarded.</summary>
    public const string FailedOpen = "failed-open";

    public static string Of(PermitFate fate) => fate switch
    {
        PermitFate.Answered => Answered,
        PermitFate.Refused => Refused,
        PermitFate.Lost => Lost,
        PermitFate.Left => Left,
        PermitFate.TurnedAway => TurnedAway,
        _ => FailedOpen,
    };

    public static string Of(Outcome outcome) => outcome switch
    {
        Outcome.Answered { Lead: null } => Answered,
        Outcome.Answered => Copied,
        Outcome.Refused => Refused,
        Outcome.Lost => Lost,
        Outcome.Dropped => Left,
        Outcome.TurnedAway => TurnedAway,
        _ => FailedOpen,
    };
}
