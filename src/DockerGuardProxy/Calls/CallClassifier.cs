using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>
/// Tells terminating calls from all others, as dockerd would take them (moby <c>api/server</c>, 20.10 to master). It works
/// from the raw target; for a request that is no such call nothing is allocated.
/// <list type="number">
/// <item>Target and path: Go's <c>url.ParseRequestURI</c>, then gorilla/mux.</item>
/// <item>Route: a row of <see cref="CallTable"/> whose family is <see cref="Family.Ending"/>; everything else passes.</item>
/// <item>API version: one that no engine, or not this one, takes passes (400).</item>
/// <item>Form: for a POST with a urlencoded body the body comes before the query.</item>
/// <item>Fields: signal, t, force, link.</item>
/// </list>
/// What the engine answers with an error before it looks at the container passes: it is quick and ends nothing. Where
/// engines read a form differently, see <see cref="GoRules"/>: an error of one leaves the word to the others; what ends a container on
/// one of them is a terminating call, since nobody is refused without evidence, and what passes on none would be a way round the guard.
/// </summary>
internal static class CallClassifier
{
    /// <summary>Go reads this much of a form (10 MiB); the engine answers a longer one with 400.</summary>
    public const int MaxFormBytes = 10 << 20;

    private const string Post = "POST";

    /// <summary>First step: from the head alone.</summary>
    /// <param name="method">As it came.</param>
    /// <param name="rawTarget">The request target as it came; chars up to U+00FF stand for one byte each.</param>
    /// <param name="contentType">The first Content-Type header, or null.</param>
    /// <param name="hasBody">Whether a body (of unknown or nonzero length) follows.</param>
    /// <param name="engine">The API versions of the engine, if known.</param>
    /// <returns>
    /// <see cref="Classification.NeedsBody"/> asks for <see cref="ClassifyForm"/>, with the body.
    /// </returns>
    public static Classification Classify(
        string method, string rawTarget, string? contentType, bool hasBody, ApiRange engine = default)
    {
        // A body of another method than POST is no form.
        return Classify(method, rawTarget, contentType, hasBody && method == Post ? FormState.Missing : FormState.Whole, default, engine);
    }

    /// <summary>Second step, after <see cref="Classification.NeedsBody"/>.</summary>
    /// <param name="rawTarget">As in the first step.</param>
    /// <param name="contentType">As in the first step.</param>
    /// <param name="body">The whole body; of one above <see cref="MaxFormBytes"/> the first <c>MaxFormBytes + 1</c> bytes do.</param>
    /// <param name="engine">As in the first step.</param>
    public static Classification ClassifyForm(
        string rawTarget, string? contentType, ReadOnlySpan<byte> body, ApiRange engine = default) =>
        body.Length > MaxFormBytes
            ? Classification.Passes
            : Classify(Post, rawTarget, contentType, FormState.Whole, body, engine);

    /// <summary>
    /// Second step for a body that breaks off. Go reads nothing of it and reports an error, which the engine overlooks where the Content-Type
    /// has a fault of its own.
    /// </summary>
    /// <param name="rawTarget">As in the first step.</param>
    /// <param name="contentType">As in the first step.</param>
    /// <param name="engine">As in the first step.</param>
    public static Classification ClassifyBrokenForm(string rawTarget, string? contentType, ApiRange engine = default) =>
        Classify(Post, rawTarget, contentType, FormState.Broken, default, engine);

    private static Classification Classify(
        string method, string rawTarget, string? contentType, FormState state, ReadOnlySpan<byte> body, ApiRange engine)
    {
        // 1. Target and path
        if (!RequestTarget.TryParse(rawTarget, out var target))
        {
            return Classification.Passes;
        }

        // 2. Route
        var path = RoutePath.Of(target.Path, stackalloc byte[RoutePath.Room]);
        if (CallTable.Docker.Row(method, path, out var name) is not { Family: Family.Ending, Operation: { } operation })
        {
            return Classification.Passes;
        }

        // 3. API version
        ApiVersion? version = path.Version.IsEmpty ? null : ApiVersion.Parse(path.Version);
        if (!engine.Takes(version))
        {
            return Classification.Passes;
        }

        // 4. Form
        if (state == FormState.Missing
            && (FormMediaType.Read(contentType, GoRules.New).IsForm || FormMediaType.Read(contentType, GoRules.Old).IsForm))
        {
            return Classification.NeedsBody;
        }

        var route = new ActionRoute(operation, Encoding.UTF8.GetString(path.Route[name]), version);
        return Read(route, target.Query, method == Post ? contentType : null, state, body, engine);
    }

    private static Classification Read(
        ActionRoute route, ReadOnlySpan<char> queryText, string? contentType, FormState state, ReadOnlySpan<byte> body, ApiRange engine)
    {
        var buffer = new byte[RequestTarget.MaxBytes(queryText)];
        var query = buffer.AsSpan(0, RequestTarget.CopyBytes(queryText, buffer));
        var taken = Read(GoRules.Old, route, contentType, query, state, body, engine);
        if (query.Contains((byte)';') || body.Contains((byte)';') || contentType?.Contains(';') == true
            || CallForm.IsLong(query) || CallForm.IsLong(body))
        {
            for (var rules = GoRules.Middle; rules <= GoRules.Newest; rules++)
            {
                taken = MoreTerminating(taken, Read(rules, route, contentType, query, state, body, engine));
            }
        }

        return taken ?? Classification.Passes;
    }

    /// <summary>One reading; null where such an engine refuses the form itself.</summary>
    private static Classification? Read(
        GoRules rules,
        ActionRoute route,
        string? contentType,
        ReadOnlySpan<byte> query,
        FormState state,
        ReadOnlySpan<byte> body,
        ApiRange engine)
    {
        var type = FormMediaType.Read(contentType, rules);
        var form = default(CallForm);
        var good = !type.IsForm || (state != FormState.Broken && form.Read(body, rules));
        good &= form.Read(query, rules);
        if (!good && !type.IsFaulty)
        {
            return null;
        }

        // 5. Fields
        return CallFields.Read(route, form, engine) is { } call ? Classification.Of(call) : Classification.Passes;
    }

    private static Classification? MoreTerminating(Classification? one, Classification? other)
    {
        if (one is not { Call: { } first })
        {
            return other ?? one;
        }

        return other is { Call: { } second } && first != second ? Classification.Of(CallFields.Disputed(first, second)) : one;
    }

    /// <summary>What is known of a body that may be a form.</summary>
    private enum FormState
    {
        /// <summary>It is here, or there is none.</summary>
        Whole,

        /// <summary>It follows.</summary>
        Missing,

        /// <summary>It has no end.</summary>
        Broken,
    }
}
