namespace Mailflow.Configuration;

/// <summary>A host and port that speaks SMTP.</summary>
sealed record HostTarget(string Host, int Port)
{
    /// <summary>Without the port where it is SMTP's own.</summary>
    public override string ToString() => Port == 25 ? Host : $"{Host}:{Port}";
}
