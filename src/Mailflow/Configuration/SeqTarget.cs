namespace Mailflow.Configuration;

/// <summary>A Seq server and how to get in.</summary>
/// <param name="ApiKey">Secret: never in a log, a label or on the page.</param>
sealed record SeqTarget(Uri Url, string? ApiKey)
{
    /// <summary>Without the key.</summary>
    public override string ToString() => Url.ToString();
}
