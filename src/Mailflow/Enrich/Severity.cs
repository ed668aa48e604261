namespace Mailflow.Enrich;

/// <summary>The severity of a finding. Unknown is neither good nor bad.</summary>
enum Severity
{
    Good,
    Note,
    Unknown,
    Warning,
    Trouble,
}
