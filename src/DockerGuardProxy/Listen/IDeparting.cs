namespace DockerGuardProxy.Listen;

/// <summary>Whoever has a peer that may leave without an event; see <see cref="DepartureWatch"/>.</summary>
internal interface IDeparting
{
    /// <summary>Called now and then while it is watched.</summary>
    public void LookForDeparture();
}
