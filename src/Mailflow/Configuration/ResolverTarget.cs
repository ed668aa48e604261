using System.Net;

namespace Mailflow.Configuration;

/// <summary>A resolver to query; without an address, the system's resolvers.</summary>
/// <param name="Name">Its label.</param>
sealed record ResolverTarget(string Name, IPEndPoint? EndPoint);
