namespace DockerGuardProxy.Calls;

/// <summary>What <see cref="CallTable"/> knows of a request.</summary>
/// <param name="Row">Its row; null for a call that the table does not name.</param>
/// <param name="Lane">The way that it may take; its head and the guard may still say <see cref="Lane.Http"/>.</param>
internal readonly record struct CallMatch(CallRow? Row, Lane Lane);
