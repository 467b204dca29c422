using System.Text.Json;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>
/// A real kubelet 1.20 with dockershim (<c>tests/kubelet/get</c>) that runs static pods alone, without an API server. What it keeps at fixed places
/// is its own: several run side by side.
/// </summary>
internal sealed class Kubelet : IAsyncDisposable
{
    private const string OwnPlaces =
        "mkdir -p /var/lib/kubelet; mount -t tmpfs none /var/lib/kubelet; mount -t tmpfs none /var/log; exec \"$@\"";

    /// <summary>What holds a pod's namespaces, and has nothing else to do.</summary>
    private const string Pause = "pause";

    private readonly Daemon _daemon;

    private Kubelet(string folder, Daemon daemon)
    {
        Folder = folder;
        _daemon = daemon;
    }

    /// <summary>Holds its manifests, its state and its log.</summary>
    public string Folder { get; }

    /// <summary>The socket of its CRI.</summary>
    public string CriSocket => Path.Combine(Folder, "shim.sock");

    private string Manifests => Path.Combine(Folder, "manifests");

    /// <summary>Starts one for an engine's pods.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="socket">Where the kubelet finds it.</param>
    public static async Task<Kubelet> StartAsync(Dockerd engine, string socket)
    {
        var program = Path.Combine(Machine.Cache, "kubelet", "kubelet");
        if (!File.Exists(program))
            throw new InvalidOperationException($"There is no {program}: run tests/kubelet/get.");
        await engine.Api.CreateAsync(Pause, ["sleep", "1000000"]);
        var (status, text) = await engine.Api.PostAsync($"/commit?container={Pause}&repo={Pause}");
        if (status != 201)
            throw new InvalidOperationException($"No image {Pause}: {text}");
        await engine.Api.RemoveAsync(Pause);

        var folder = Machine.NewPath("k");
        Directory.CreateDirectory(Path.Combine(folder, "manifests"));
        string[] command =
        [
            "unshare", "--mount", "--propagation", "private", "sh", "-ec", OwnPlaces, "sh", program,
            "--container-runtime=docker", $"--docker-endpoint=unix://{socket}", $"--docker=unix://{socket}",
            $"--pod-manifest-path={folder}/manifests", $"--root-dir={folder}/root", $"--cert-dir={folder}/pki",
            $"--container-runtime-endpoint=unix://{folder}/shim.sock", $"--experimental-dockershim-root-directory={folder}/shim",
            $"--pod-infra-container-image={Pause}", "--network-plugin=", "--hostname-override=node", "--register-node=false",
            "--cgroup-driver=cgroupfs", "--cgroups-per-qos=false", "--enforce-node-allocatable=", "--eviction-hard=", "--fail-swap-on=false",
            "--make-iptables-util-chains=false", "--address=127.0.0.1", $"--port={FreePort.Take()}", "--healthz-port=0", "--read-only-port=0",
            "--image-gc-high-threshold=100", "--v=2",
        ];
        return new Kubelet(folder, Daemon.Start(Path.Combine(folder, "log"), command));
    }

    /// <summary>Has it run a pod. Its containers live in the host's network and are ended two seconds after they were asked to.</summary>
    /// <param name="name">The pod's name.</param>
    /// <param name="folder">Of the machine, seen as <c>/data</c>.</param>
    /// <param name="containers">Their names, what each runs, and what probes it: null for none.</param>
    public void Run(string name, string folder, params (string Name, string Script, string? Probe)[] containers)
    {
        var manifest = JsonSerializer.Serialize(new
        {
            apiVersion = "v1",
            kind = "Pod",
            metadata = new { name },
            spec = new
            {
                hostNetwork = true,
                terminationGracePeriodSeconds = 2,
                volumes = new[] { new { name = "data", hostPath = new { path = folder } } },
                containers = containers.Select(it => new
                {
                    name = it.Name,
                    image = Dockerd.Image,
                    imagePullPolicy = "Never",
                    command = new[] { "sh", "-c", it.Script },
                    volumeMounts = new[] { new { name = "data", mountPath = "/data" } },
                    livenessProbe = it.Probe is null ? null : new { exec = new { command = new[] { "sh", "-c", it.Probe } }, periodSeconds = 2 },
                }),
            },
        });

        // Written elsewhere: kubelet reads a file as soon as there is one.
        var written = Path.Combine(Folder, name);
        File.WriteAllText(written, manifest);
        File.Move(written, Path.Combine(Manifests, name + ".json"));
    }

    /// <summary>Has it end a pod.</summary>
    public void End(string name) => File.Delete(Path.Combine(Manifests, name + ".json"));

    /// <summary>How many lines of its log hold a text.</summary>
    public int Logged(string text) => File.ReadLines(_daemon.Log).Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>The lines of a file that it sees.</summary>
    /// <param name="path">Below its own root, which has folders that others do not see. What it links to is seen by all.</param>
    public Task<string[]> ReadLinesAsync(string path) => File.ReadAllLinesAsync($"/proc/{_daemon.Pid}/root{path}");

    /// <summary>The end of its log, for the message of a failed test.</summary>
    public string Tail() => _daemon.Tail();

    public async ValueTask DisposeAsync()
    {
        _daemon.Signal(9);
        await _daemon.WaitAsync(TimeSpan.FromSeconds(10));
        _daemon.Dispose();
        await Machine.ReapAsync(Folder);
    }
}
