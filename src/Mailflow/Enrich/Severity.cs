namespace Mailflow.Enrich;

/// <summary>How bad a finding is. What is not known is neither good nor bad.</summary>
enum Severity
{
    Good,
    Note,
    Unknown,
    Warning,
    Trouble,
}
