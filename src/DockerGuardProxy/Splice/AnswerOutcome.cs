namespace DockerGuardProxy.Splice;

/// <summary>What became of looking at the head of an answer.</summary>
internal enum AnswerOutcome : byte
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A head of 1xx that another follows, without a body.</summary>
    Interim,

    /// <summary>101: what follows is no HTTP.</summary>
    Switching,

    /// <summary>The head of the answer.</summary>
    Final,

    /// <summary>No answer of HTTP/1, or one whose end nobody can tell.</summary>
    NotHttp,
}
