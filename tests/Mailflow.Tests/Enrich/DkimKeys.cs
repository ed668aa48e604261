using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Mailflow.Tests.Enrich;

/// <summary>Keys as a DKIM record has them; made once for a run.</summary>
static class DkimKeys
{
    static readonly ConcurrentDictionary<int, string> Made = new();

    public static string Rsa(int bits) => Made.GetOrAdd(bits, b =>
    {
        using var rsa = RSA.Create(b);
        return Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
    });
}
