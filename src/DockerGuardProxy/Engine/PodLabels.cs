namespace DockerGuardProxy.Engine;

/// <summary>The Kubernetes pod of a container, from the labels that kubelet's dockershim and cri-dockerd set.</summary>
internal sealed record PodLabels(string? Namespace, string? Name, string? Uid)
{
    private const string NameLabel = "io.kubernetes.pod.name";
    private const string NamespaceLabel = "io.kubernetes.pod.namespace";
    private const string UidLabel = "io.kubernetes.pod.uid";

    /// <summary>Null when no label names a pod.</summary>
    public static PodLabels? From(IEnumerable<KeyValuePair<string, string>>? labels)
    {
        if (labels is null)
            return null;

        string? name = null, ns = null, uid = null;
        foreach (var (key, value) in labels)
        {
            switch (key)
            {
                case NameLabel: name = value; break;
                case NamespaceLabel: ns = value; break;
                case UidLabel: uid = value; break;
            }
        }

        return name is null && ns is null && uid is null ? null : new PodLabels(ns, name, uid);
    }
}
