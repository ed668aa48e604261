using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>Causes by their names in the store, in UTF-8. A name that this version does not know is read as an unknown cause.</summary>
static class CauseNames
{
    static readonly (byte[] Name, Cause Cause)[] All = [.. Enum.GetValues<Cause>().Select(c => (Encoding.UTF8.GetBytes(c.Name()), c))];

    public static Cause Of(ReadOnlySpan<byte> name)
    {
        // About 24 names, few of the same length: comparing them is faster than hashing.
        foreach (var (known, cause) in All)
            if (known.Length == name.Length && name.SequenceEqual(known))
                return cause;
        return Cause.Unknown;
    }
}
