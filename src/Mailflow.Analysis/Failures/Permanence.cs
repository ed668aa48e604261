namespace Mailflow.Analysis.Failures;

/// <summary>Whether a retry can help, from the outermost reply (RFC 5321 section 4.2.1, RFC 3463 section 2).</summary>
public enum Permanence
{
    Unknown,
    Permanent,
    Transient,
}
