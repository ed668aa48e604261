using System.Net;

namespace Mailflow.Configuration;

/// <summary>A resolver to ask; without an address, those of the system.</summary>
/// <param name="Name">Its label.</param>
sealed record ResolverTarget(string Name, IPEndPoint? EndPoint);
