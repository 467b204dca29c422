using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Tests.Demo.Show;

/// <summary>Two halves as a demo may end with.</summary>
internal static class Halves
{
    public static StopHalf Direct { get; } = Half("direct", reached: 1000, waiters: 1000, new Answers(), "");

    public static StopHalf Guarded { get; } = Half("guarded", reached: 1, waiters: 1, Refusing(), "one\ntwo\n");

    private static StopHalf Half(string name, long reached, int waiters, Answers answers, string status) => new()
    {
        Name = name,
        Samples = [At(0, 0), At(5, waiters), At(10, 0)],
        Last = At(9, waiters),
        Asked = 1000,
        Reached = reached,
        Answers = answers,
        OtherStop = TimeSpan.FromMilliseconds(20),
        List = TimeSpan.FromMilliseconds(2),
        ProxyMemory = null,
        ThawAt = TimeSpan.FromSeconds(9),
        Recovery = TimeSpan.FromSeconds(0.1),
        Status = status,
    };

    private static Sample At(double seconds, int waiters) =>
        new(TimeSpan.FromSeconds(seconds), waiters, waiters, 44 + (2 * waiters), waiters * 63L * 1024);

    private static Answers Refusing()
    {
        var answers = new Answers();
        answers.Add(503, "it was stuck", TimeSpan.FromSeconds(2.5));
        answers.Add(503, "it is stuck", TimeSpan.FromSeconds(3));
        answers.Add(503, "it is stuck", TimeSpan.FromSeconds(4));
        answers.Add(204, "", TimeSpan.FromSeconds(5));
        return answers;
    }
}
