using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>Causes by the names that the store has for them, in UTF-8. A name that this version does not know is an unknown cause.</summary>
static class CauseNames
{
    static readonly (byte[] Name, Cause Cause)[] All = [.. Enum.GetValues<Cause>().Select(c => (Encoding.UTF8.GetBytes(c.Name()), c))];

    public static Cause Of(ReadOnlySpan<byte> name)
    {
        // Two dozen names, of which few have one length: comparing them takes less time than a hash.
        foreach (var (known, cause) in All)
            if (known.Length == name.Length && name.SequenceEqual(known))
                return cause;
        return Cause.Unknown;
    }
}
