namespace Mailflow.Configuration;

/// <summary>A Seq server and its API key.</summary>
/// <param name="ApiKey">Secret: never shown in a log, in a label or on the page.</param>
sealed record SeqTarget(Uri Url, string? ApiKey)
{
    /// <summary>Without the key.</summary>
    public override string ToString() => Url.ToString();
}
