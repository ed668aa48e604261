using System.Globalization;
using System.Text.RegularExpressions;
using Mailflow.Privacy;

namespace Mailflow.Trace;

/// <summary>Hides addresses in the result of a search, except those that the user has typed.</summary>
/// <param name="asked">The addresses and ids of the query.</param>
sealed partial class TraceMask(Masking masking, IEnumerable<string> asked)
{
    readonly HashSet<string> _asked = asked.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Hides everything else.</summary>
    public Masking Masking => masking;

    /// <summary>An address: as it is where it was asked for.</summary>
    public Masked Address(string address) => (_asked.Contains(address) ? Masking.Plain : masking).Address(address);

    /// <summary>A Message-ID: it identifies a message, not a person, and people search for it.</summary>
    public Masked Id(string id) => _asked.Contains(id) || _asked.Contains(id.Trim('<', '>')) ? Masking.Plain.Text(id) : Masked.MessageId(masking, id);

    /// <summary>
    /// A text with addresses. Its other parts come from rows too (names of hosts, connectors and agents) and are masked, but not the addresses that were
    /// asked for: while the text is masked, a mark stands for each.
    /// </summary>
    /// <param name="says">Makes the text; it is given how an address is printed.</param>
    public Masked Said(Func<Func<string, string>, string> says)
    {
        var addresses = new List<string>();
        var text = masking.Text(says(address =>
        {
            addresses.Add(Address(address).ToString());
            return string.Create(CultureInfo.InvariantCulture, $"\uE000{addresses.Count - 1}\uE001");
        }));
        return Masking.Plain.Text(Marks.Replace(text.ToString(), mark =>
            int.TryParse(mark.ValueSpan[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < addresses.Count ? addresses[at] : ""));
    }

    [GeneratedRegex("\uE000[0-9]+\uE001", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    static partial Regex Marks { get; }

    /// <summary>The reply about a recipient.</summary>
    public Masked Status(string text, string recipient, string sender) => masking.Status(text, recipient, sender);
}
