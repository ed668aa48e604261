using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Mailflow.Tests.Enrich;

/// <summary>Public keys in the format of DKIM records; created once per run.</summary>
static class DkimKeys
{
    static readonly ConcurrentDictionary<int, string> Made = new();

    public static string Rsa(int bits) => Made.GetOrAdd(bits, b =>
    {
        using var rsa = RSA.Create(b);
        return Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
    });
}
