namespace Mailflow.Configuration;

/// <summary>A value that is never shown.</summary>
sealed record Secret(string Value)
{
    public override string ToString() => "(not shown)";
}
