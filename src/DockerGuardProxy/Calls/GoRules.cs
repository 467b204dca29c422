namespace DockerGuardProxy.Calls;

/// <summary>The readings of a form among the Go versions that supported engines are built with.</summary>
internal enum GoRules
{
    /// <summary>Up to Go 1.16 (20.10.5 has 1.15): <c>;</c> separates pairs like <c>&amp;</c>.</summary>
    Old,

    /// <summary>Since Go 1.17 (20.10.24 has 1.19): a pair with a <c>;</c> is an error and dropped.</summary>
    Middle,

    /// <summary>Since Go 1.20 (26.1.5): a Content-Type may give the same parameter twice if both are equal.</summary>
    New,

    /// <summary>Since 2026 (net/url <c>urlmaxqueryparams</c>): of a source with more than 10,000 pairs none is read, and that is an error.</summary>
    Newest,
}
