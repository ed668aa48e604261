using Mailflow.Privacy;

namespace Mailflow.Trace;

/// <summary>Hides addresses in the result of a search, except those that the user has typed.</summary>
/// <param name="asked">The addresses and ids of the query.</param>
sealed class TraceMask(Masking masking, IEnumerable<string> asked)
{
    readonly HashSet<string> _asked = asked.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Hides everything else.</summary>
    public Masking Masking => masking;

    /// <summary>An address: as it is where it was asked for.</summary>
    public Masked Address(string address) => (_asked.Contains(address) ? Masking.Plain : masking).Address(address);

    /// <summary>A Message-ID: as it is where it was asked for.</summary>
    public Masked Id(string id) => _asked.Contains(id) || _asked.Contains(id.Trim('<', '>')) ? Masking.Plain.Text(id) : masking.Text(id);

    /// <summary>The reply about a recipient.</summary>
    public Masked Status(string text, string recipient, string sender) => masking.Status(text, recipient, sender);
}
