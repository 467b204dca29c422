using System.Collections.Immutable;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>
/// What an examination means. Pure. Here the proxy, the engine and the node; who goes round the proxy is in <see cref="ClientRules"/>.
/// </summary>
internal static class DoctorRules
{
    /// <summary>Every finding, in the order in which one thing rests on another.</summary>
    public static ImmutableArray<Finding> Judge(Examination found) =>
    [
        .. Proxy(found),
        .. Streams(found),
        .. found.Sockets.Select(socket => Socket(socket, found)),
        .. Engine(found.Engine),
        Process(found),
        .. Node(found),
        .. ClientRules.Judge(found),
    ];

    private static IEnumerable<Finding> Proxy(Examination found)
    {
        const string check = "proxy";
        if (found.Proxy is not { } proxy)
        {
            yield return Finding.Problem(
                check, $"it does not answer: {found.ProxyError}",
                "start it: systemctl start docker-guard-proxy; journalctl -u docker-guard-proxy says why it ended");
            foreach (var error in found.ConfigurationErrors)
                yield return Finding.Problem("configuration", Clean(error), "correct it; docker-guard-proxy check-config lists all errors");
            yield break;
        }

        yield return Finding.Ok(check, $"{Clean(proxy.Proxy.Version)}, pid {proxy.Proxy.Pid}, mode {Clean(proxy.Configuration.Mode)}");
        if (proxy.Configuration.SwitchedOff)
        {
            yield return Finding.Problem(
                "mode", "the guard is switched off by the file \"off\"", "remove /etc/docker-guard-proxy/off when everything need not pass any more");
        }
        else if (proxy.Configuration.HeldBack is { } why)
        {
            yield return Finding.Problem(
                "mode",
                $"the guard only observes, whatever its configuration says: {Clean(why)}",
                "journalctl -u docker-guard-proxy says more; it acts again after docker-guard-proxy reload");
        }
        else if (proxy.Configuration.Mode != "enforce")
        {
            yield return Finding.Note(
                "mode",
                $"the guard's mode is {Clean(proxy.Configuration.Mode)}: calls reach the engine as they come",
                "set guard.mode to enforce when what it reports is as you want it");
        }
        if (proxy.Configuration.HangsSince is { } since)
        {
            yield return Finding.Problem(
                "configuration", $"its file can't be looked at since {since:u}: its file system does not answer",
                "mend or detach that file system; until then the configuration in use stays");
        }

        if (proxy.Configuration.Failure is { } failure)
        {
            yield return Finding.Problem(
                "configuration", $"it is not valid and an older one is in use: {string.Join("; ", failure.Errors.Take(3).Select(Clean))}",
                "correct it; docker-guard-proxy check-config lists all errors");
        }

        foreach (var execs in proxy.Execs?.Where(execs => execs.Running >= RunningExecs.Many) ?? [])
        {
            yield return Finding.Problem(
                "execs",
                $"{execs.Running} execs run in container {Clean(execs.Name)} ({Clean(ShortId.Of(execs.Id))}): each keeps 7 goroutines and 5 descriptors "
                + "in dockerd and 10 in its shim",
                "find out who starts them and does not end them (docker top); their processes' end, or the container's, frees all of it");
        }

        foreach (var finding in LockRules.Judge(proxy.Locks))
            yield return finding;
        if (proxy.Configuration.Exempt is { } exempt)
        {
            yield return Finding.Note(
                "exempt", $"{exempt.Labels.Count} labels and {exempt.Callers.Count} callers are out of every policy",
                "guard.exempt names them; take out what was only meant for a while");
        }

        if (proxy.LostProbeThreads > 0)
        {
            yield return Finding.Problem(
                "probe", $"{proxy.LostProbeThreads} of 2 threads that look for evidence hang in /proc; without them nothing is refused before maxWait",
                "restart docker-guard-proxy when the node is quiet; look for tasks in D state that are no container's");
        }
    }

    private static IEnumerable<Finding> Streams(Examination found)
    {
        foreach (var stream in (found.Proxy?.Streams ?? []).Where(stream => !stream.TakenOver).Take(5))
        {
            yield return Finding.Note(
                "streams", StreamText.Describe(stream, found.Proxy!.Time),
                stream.Operation is "attach" or "exec" && !stream.ProcessEnded
                    ? "nothing, while its process may be slowed down; end the client where it may not"
                    : "let that client read on, or end it");
        }
    }

    private static Finding Socket(ServedSocket socket, Examination found)
    {
        const string check = "socket";
        var path = Clean(socket.Path);
        if (!socket.Exists)
            return Finding.Problem(check, $"{path} is not there", "systemctl restart docker-guard-proxy.socket docker-guard-proxy.service");
        if (socket.Listeners is null)
        {
            return Finding.Unknown(
                check, $"{path} is there; who serves it can't be told", "run doctor as root, in the network namespace of the host");
        }
        if (socket.Listeners.Any(process => process.Pid == found.Proxy?.Proxy.Pid || process.Comm == SeenProcess.ProxyComm))
            return Finding.Ok(check, $"{path} is served by the proxy");
        var others = socket.Listeners.Where(process => process.Pid != 1).ToArray();
        return others.Length > 0
            ? Finding.Problem(
                check,
                $"{path} is served by {Clean(string.Join(", ", others))}",
                "stop whoever it is, or set listen.path to another path, and restart the proxy")
            : Finding.Problem(
                check,
                socket.Listeners.Count > 0 ? $"{path} is kept by systemd, and nobody answers there" : $"{path} is an old file that nobody serves",
                "systemctl restart docker-guard-proxy.socket docker-guard-proxy.service");
    }

    private static IEnumerable<Finding> Engine(EngineExamination engine)
    {
        if (engine.Error is { } error)
        {
            yield return Finding.Problem("engine", $"it does not answer: {error}", "systemctl status docker; is engine.path its socket?");
            yield break;
        }

        yield return Finding.Ok("engine", $"{Clean(engine.Path)} answers");
        yield return EngineVersion.LeaksForEver(engine.Version) switch
        {
            true => Finding.Problem(
                "engine-version", $"{Clean(engine.Version!)} never answers a call on a container that does not end, and keeps a connection and two goroutines for each, for ever",
                "update dockerd to 20.10.10 or later; until then let every client come through the proxy"),
            false => Finding.Ok("engine-version", $"{Clean(engine.Version!)} gives up on a call after a while"),
            _ => Finding.Unknown("engine-version", "it does not tell its version"),
        };
    }

    private static Finding Process(Examination found)
    {
        const string check = "engine-process";
        var engine = found.Engine;
        if (engine.PidFile.Length == 0)
        {
            return Finding.Note(
                check, "no pid file is configured: restarts of the engine are guessed, and its descriptors are not watched", "set engine.pidFile");
        }
        if (found.SeesProcesses is null)
            return Finding.Unknown(check, "the processes of the node could not be read in time");
        if (engine.Process is null && engine.Error is not null)
            return Finding.Note(check, $"{Clean(engine.PidFile)} names no process that runs");
        if (engine.Process is not { } process)
        {
            return Finding.Problem(
                check, $"{Clean(engine.PidFile)} names no process that is seen here",
                "set engine.pidFile to dockerd's --pidfile; in a container, mount the file and share the host's pid namespace (hostPID)");
        }

        return found.Proxy is { Engine: { Pid: not null, Descriptors: null } }
            ? Finding.Problem(
                check,
                $"{Clean(process.ToString())}: the proxy may not read its /proc",
                "give the proxy CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, as its unit does")
            : Finding.Ok(check, $"{Clean(process.ToString())} by {Clean(engine.PidFile)}");
    }

    private static IEnumerable<Finding> Node(Examination found)
    {
        switch (found.SeesProcesses)
        {
            case null:
                yield break;
            case false:
                yield return Finding.Problem(
                    "proc", "not all processes are seen: /proc hides some, or is another pid namespace's, so there is no evidence and nothing is refused before maxWait",
                    "mount /proc without hidepid, share the host's pid namespace (hostPID), and run doctor as root");
                break;
            default:
                yield return Finding.Ok("proc", "all processes of the node are seen");
                break;
        }

        const string check = "cgroup";
        if (found.StrangeCgroups > 0)
        {
            yield return Finding.Problem(
                check, $"the cgroups of {found.StrangeCgroups} processes are not understood, so there is no evidence and nothing is refused before maxWait",
                "run the proxy in the host's cgroup namespace (docker run --cgroupns=host); if it does, send a bundle with its bug report");
        }
        else if (found.Engine.Running is not { Count: > 0 } running)
        {
            yield return Finding.Note(check, "no container is known to run: whether their cgroups are understood is not to be seen");
        }
        else
        {
            var hidden = running.Where(container => !found.ContainersSeen!.Contains(container.Id)).ToArray();
            yield return hidden.Length == 0
                ? Finding.Ok(check, $"the processes of all {running.Count} running containers are found")
                : Finding.Problem(
                    check, $"no process is found of {hidden.Length} of {running.Count} running containers: {ClientRules.List(hidden.Select(ClientRules.Name))}",
                    "share the host's pid namespace; if containers are few seconds old, look again; else send a bundle with its bug report");
        }
    }

    private static string Clean(string foreign) => LogText.Escape(foreign, 300);
}
