namespace DockerGuardProxy.Admin.Report;

/// <summary>The mode of each kind of terminating call: <c>off</c>, <c>observe</c> or <c>enforce</c>.</summary>
internal sealed record PoliciesReport(string Stop, string Kill, string Restart, string Remove);
