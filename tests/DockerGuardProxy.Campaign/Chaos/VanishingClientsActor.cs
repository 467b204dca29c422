using System.Text;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>Clients of a container of their own that go at any point: within a head, within a body, before an answer, within a stream.</summary>
internal sealed class VanishingClientsActor : IActor
{
    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        await using var subject = await Subject.RunAsync(site, chaos, "sleep 100000; :");
        var numbers = new Numbers(chaos.Seed);
        string[] requests =
        [
            $"GET /containers/{subject.Id}/json HTTP/1.1\r\nHost: x\r\n\r\n",
            $"GET /containers/{subject.Name}/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: x\r\n\r\n",
            $"POST /containers/{subject.Id}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
            $"POST /containers/{subject.Id}/wait HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "GET /events HTTP/1.1\r\nHost: x\r\n\r\n",
            $"PUT /containers/{subject.Id}/archive?path=/tmp HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{new string('x', 500)}",
            $"POST /containers/{subject.Id}/stop?t=600 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "POST /containers/create?name=never HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"Image\":",
            "GET /containers/json?all=1 HTTP/1.1\r\nHost: x\r\n\r\nGET /info HTTP/1.1\r\nHost: x\r\n\r\n",
        ];
        var end = Clock.Now + chaos.Length;
        while (Clock.Now < end)
        {
            await site.Pace.TakeAsync();
            var request = Encoding.ASCII.GetBytes(requests[numbers.Between(0, requests.Length)]);
            // As much of it as chance will have, mostly all.
            var count = numbers.Between(0, 3) == 0 ? numbers.Between(1, request.Length) : request.Length;
            using var client = await RawClient.ConnectAsync(site.Proxy.Socket);
            await client.SendAsync(request.AsMemory(0, count));
            await Task.Delay(numbers.Between(0, 30));
        }
    }
}
