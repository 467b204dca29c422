using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>Parameters of a request as Go's ParseForm gives them: those of a urlencoded POST body come before the query's.</summary>
internal sealed class EngineForm
{
    private readonly IQueryCollection _query;
    private readonly IFormCollection? _body;

    private EngineForm(IQueryCollection query, IFormCollection? body)
    {
        _query = query;
        _body = body;
    }

    public static async ValueTask<EngineForm> ReadAsync(HttpRequest request)
    {
        var isForm = request.Method is "POST"
            && request.ContentType is { } type && type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        return new EngineForm(request.Query, isForm ? await request.ReadFormAsync() : null);
    }

    /// <summary>The first value; empty if there is none.</summary>
    public string Text(string key)
    {
        var values = _body is not null && _body.TryGetValue(key, out var inBody) && inBody.Count > 0 ? inBody : _query[key];
        return StringValues.IsNullOrEmpty(values) ? "" : values[0] ?? "";
    }

    /// <summary>strconv.Atoi; null if there is none.</summary>
    /// <exception cref="EngineException">500, as up to 20.10, for what is no number.</exception>
    public long? Integer(string key)
    {
        var text = Text(key);
        if (text.Length == 0) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new EngineException(500, $"strconv.Atoi: parsing \"{text}\": invalid syntax");
    }

    /// <summary>httputils.BoolValue.</summary>
    public bool Flag(string key) => Text(key).Trim().ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none");
}
