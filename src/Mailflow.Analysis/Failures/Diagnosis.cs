using Mailflow.Analysis.Failures.Own;

namespace Mailflow.Analysis.Failures;

/// <summary>One piece of evidence in a status text.</summary>
/// <param name="Part">The reply that it is in: 0 is the outermost, each nested reply adds one.</param>
/// <param name="Kind">Its kind: <c>token</c>, <c>enhanced</c>, <c>phrase</c>, <c>smtp</c> or <c>own-rule</c>.</param>
/// <param name="Found">The code or phrase itself.</param>
/// <param name="Says">The rule that it matched, in words.</param>
public sealed record Evidence(int Part, string Kind, string Found, string Says);

/// <summary>The meaning of a status text.</summary>
public sealed record Diagnosis
{
    /// <summary>Classifies a status text: a server's plain reply, or Exchange's envelope around one. Never throws, whatever the text.</summary>
    /// <param name="statusText">The text.</param>
    /// <param name="own">The user's own rules; null: none.</param>
    /// <param name="host">The server that rejected, where it is known and the text does not name it: a rule may ask for it.</param>
    /// <param name="address">Its address.</param>
    public static Diagnosis Of(string statusText, OwnRules? own = null, string? host = null, string? address = null) =>
        Judge.Of(statusText, Scratch.Current, own ?? OwnRules.None, null, host, address);

    /// <summary>The responsible side of a failure that was counted under this cause: a later version may judge the text differently.</summary>
    public static Fault FaultOf(string status, Cause cause) =>
        Of(status) is { } again && again.Cause == cause ? again.Fault : CauseTable.Of(cause).DefaultFault;

    /// <summary>The SMTP reply code of the outermost reply, 200-599, or null where the text has none.</summary>
    public int? Smtp { get; init; }

    /// <summary>The enhanced status code (RFC 3463) of the reply that decided the cause: <c>5.1.1</c>; null where there is none.</summary>
    public string? Enhanced { get; init; }

    public required Cause Cause { get; init; }

    /// <summary>A subtype of the cause, for example <c>nxdomain</c>, <c>spf</c> or a blocklist's zone; null where it is not known.</summary>
    public string? SubReason { get; init; }

    public required Permanence Permanence { get; init; }

    public required Fault Fault { get; init; }

    /// <summary>Confidence of the diagnosis, 0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>The command that was answered, where the text says so.</summary>
    public ReplyStage Stage { get; init; }

    /// <summary>Whether the text is a success reply (2xx): nothing failed, and the cause is unknown.</summary>
    public bool IsSuccess => Smtp is { } smtp ? smtp is >= 200 and < 300 : Enhanced?.StartsWith('2') == true;

    /// <summary>The user's own rule that decided; null where a built-in one did.</summary>
    public OwnRule? DecidedBy { get; init; }

    /// <summary>The evidence, strongest first.</summary>
    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>The status text without Exchange's envelope: the mail server's reply.</summary>
    public required string Text { get; init; }

    /// <summary>The server that rejected the message, from the envelope's FQDN; null where there is none.</summary>
    public string? RemoteHost { get; init; }

    /// <summary>The address of the server that rejected the message, from the envelope's IP; null where there is none.</summary>
    public string? RemoteAddress { get; init; }
}
