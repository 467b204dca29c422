using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class GuardObserversTests
{
    [Fact]
    public void One_that_fails_keeps_nothing_from_the_others()
    {
        var fault = new InvalidOperationException();
        var (before, after) = (new Observer(null), new Observer(null));
        var happened = new GuardEvent.Faulted(new IOException());
        var all = new GuardObservers([before, new Observer(fault), after]);

        Assert.Same(fault, Assert.Throws<InvalidOperationException>(() => all.On(happened)));
        Assert.Same(happened, Assert.Single(before.Seen));
        Assert.Same(happened, Assert.Single(after.Seen));
    }

    private sealed class Observer(Exception? fault) : IGuardObserver
    {
        public List<GuardEvent> Seen { get; } = [];

        public void On(GuardEvent happened)
        {
            Seen.Add(happened);
            if (fault is not null)
                throw fault;
        }
    }
}
