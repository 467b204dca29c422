namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>Does one kind of chaos and undoes it, also when it fails in between.</summary>
internal interface IActor
{
    /// <summary>Does it, looks whether what is promised of it holds, and undoes it.</summary>
    public Task ActAsync(Site site, PlannedChaos chaos);
}
