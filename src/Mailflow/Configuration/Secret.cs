namespace Mailflow.Configuration;

/// <summary>Something that nobody may see.</summary>
sealed record Secret(string Value)
{
    public override string ToString() => "(not shown)";
}
