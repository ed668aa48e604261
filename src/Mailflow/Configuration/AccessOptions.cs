using System.Net;

namespace Mailflow.Configuration;

/// <summary>Who may read the page and the API.</summary>
sealed record AccessOptions
{
    /// <summary>What everybody must know who reads; null: there is no token.</summary>
    public Secret? Token { get; init; }

    /// <summary>The header in which a reverse proxy names the user that it has checked; null: none.</summary>
    public string? ProxyHeader { get; init; }

    /// <summary>Where the reverse proxy connects from. The header of others is ignored.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Whether everybody may read without a sign-in, also beyond loopback.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Whether /metrics needs a sign-in too.</summary>
    public bool ProtectMetrics { get; init; }

    /// <summary>Whether there is a way to sign in.</summary>
    public bool HasSignIn => Token is not null || ProxyHeader is not null;
}
