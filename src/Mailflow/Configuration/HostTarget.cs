namespace Mailflow.Configuration;

/// <summary>The host and port of an SMTP server.</summary>
sealed record HostTarget(string Host, int Port)
{
    /// <summary>Without the port if it is 25.</summary>
    public override string ToString() => Port == 25 ? Host : $"{Host}:{Port}";
}
