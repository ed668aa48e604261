using System.Net;

namespace Mailflow.Configuration;

/// <summary>A resolver to query; without an address, the system's resolvers.</summary>
/// <param name="Name">The value of the label <c>resolver</c>.</param>
sealed record ResolverTarget(string Name, IPEndPoint? EndPoint);
