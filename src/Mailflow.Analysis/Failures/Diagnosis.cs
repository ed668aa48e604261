namespace Mailflow.Analysis.Failures;

/// <summary>One thing that a status text says, and which part of it said so.</summary>
/// <param name="Part">0 is the outermost reply, each nested error counts one up.</param>
/// <param name="Kind">What was found: <c>token</c>, <c>enhanced</c>, <c>phrase</c>, <c>smtp</c> or <c>model</c>.</param>
/// <param name="Found">The code or phrase itself.</param>
/// <param name="Says">The rule that it matched, in words.</param>
public sealed record Evidence(int Part, string Kind, string Found, string Says);

/// <summary>What one status text means.</summary>
public sealed record Diagnosis
{
    /// <summary>Judges a status text: a server's reply as it stands, or Exchange's envelope around one. Never throws, whatever the text.</summary>
    public static Diagnosis Of(string statusText) => Judge.Of(statusText, Scratch.Current);

    /// <summary>The SMTP reply code of the outermost reply, 200-599, or null where the text has none.</summary>
    public int? Smtp { get; init; }

    /// <summary>The enhanced status code of the part that decided the cause, as in RFC 3463: <c>5.1.1</c>; null where there is none.</summary>
    public string? Enhanced { get; init; }

    public required Cause Cause { get; init; }

    /// <summary>What kind of the cause, for example <c>nxdomain</c>, <c>spf</c> or a blocklist's zone; null where nothing says so.</summary>
    public string? SubReason { get; init; }

    public required Permanence Permanence { get; init; }

    public required Fault Fault { get; init; }

    /// <summary>How sure the judgement is, 0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>Why, in order: the strongest first.</summary>
    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>The status text without Exchange's envelope: what the mail server said.</summary>
    public required string Text { get; init; }

    /// <summary>The server that refused, from the envelope's FQDN; null where it is not named.</summary>
    public string? RemoteHost { get; init; }

    /// <summary>The address of the server that refused, from the envelope's IP; null where it is not named.</summary>
    public string? RemoteAddress { get; init; }
}
