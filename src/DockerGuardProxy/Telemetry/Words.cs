using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Telemetry;

/// <summary>The guard's terms as attribute values.</summary>
internal static class Words
{
    public static string Of(Operation operation) => Operations[(int)operation];

    public static string Of(VerdictKind decision) => decision switch
    {
        VerdictKind.Forward => "forwarded",
        VerdictKind.Join => "joined",
        VerdictKind.Hold => "held",
        _ => "refused",
    };

    public static string Of(GuardMode mode) => mode switch
    {
        GuardMode.Off => "off",
        GuardMode.Observe => "observe",
        _ => "enforce",
    };

    public static string Of(DiagnosisKind diagnosis) => diagnosis switch
    {
        DiagnosisKind.DState => "d-state",
        DiagnosisKind.Frozen => "frozen",
        DiagnosisKind.ExitLost => "exit-lost",
        DiagnosisKind.NotKilled => "not-killed",
        DiagnosisKind.Alive => "alive",
        _ => "cannot-tell",
    };

    private static readonly string[] Operations =
        [.. CallTable.Docker.Of(Family.Ending).OrderBy(row => row.Operation).Select(row => row.Name!)];

    public static string Of(PermitVerdictKind decision) => decision switch
    {
        PermitVerdictKind.Held => "held",
        PermitVerdictKind.Told => "told",
        _ => "refused",
    };

    public static string Of(PermitReason reason) => PermitReasons[(int)reason];

    public static string Of(Reason reason) => Reasons[(int)reason];

    // "SameStop" as "same_stop": attribute values are lower case by custom. Once for each, not once a call.
    private static readonly string[] Reasons =
    [
        .. Enumerable.Range(0, (int)Enum.GetValues<Reason>().Max() + 1).Select(number => Snake(((Reason)number).ToString())),
    ];

    private static readonly string[] PermitReasons = [.. Enum.GetValues<PermitReason>().Order().Select(reason => Snake(reason.ToString()))];

    private static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
