namespace DockerGuardProxy.Calls;

/// <summary>
/// The API versions that the engine takes (<c>MinAPIVersion</c> and <c>ApiVersion</c> of <c>GET /version</c>); the default
/// value means that they are not known. It must fall back to that as soon as the engine may be another one: a call above a
/// stale <paramref name="Max"/> would pass unseen.
/// </summary>
/// <param name="Min">The oldest one; calls below it get 400.</param>
/// <param name="Max">The newest one, also that of a call without a version; calls above it get 400.</param>
internal readonly record struct ApiRange(ApiVersion Min, ApiVersion Max)
{
    /// <summary>Whether anything is known.</summary>
    public bool IsKnown => Max.Major > 0;

    /// <summary>False for a version that the engine, or if it is not known any engine, refuses with 400.</summary>
    public bool Takes(ApiVersion? version)
    {
        if (version is not { } named)
        {
            return true;
        }

        return named >= ApiVersion.Oldest && (!IsKnown || (named >= Min && named <= Max));
    }

    /// <summary>Whether a stop or restart of this version heeds <c>signal</c>; null where that is not known.</summary>
    public bool? HeedsStopSignal(ApiVersion? version)
    {
        if (version is { } named)
        {
            return named >= ApiVersion.StopSignals;
        }

        return IsKnown ? Max >= ApiVersion.StopSignals : null;
    }
}
