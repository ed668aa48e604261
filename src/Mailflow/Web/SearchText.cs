using System.Net;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Failures;

namespace Mailflow.Web;

/// <summary>How the text of the search box is understood.</summary>
enum TextReading
{
    /// <summary>There is no text: the filters alone decide.</summary>
    Filters,

    /// <summary>An address, in any role.</summary>
    Address,

    /// <summary>A domain of a sender or a recipient.</summary>
    Domain,

    /// <summary>The Message-ID header.</summary>
    MessageId,

    /// <summary>Exchange's id of a message.</summary>
    NetworkMessageId,

    /// <summary>The address of a client or server.</summary>
    Ip,

    /// <summary>Words of a diagnosis: of the reply, of the reason or of the cause.</summary>
    Words,
}

/// <summary>Decides by its shape what a text of the search box is.</summary>
static partial class SearchText
{
    /// <summary>A line of a mail has at most 998 characters (RFC 5322, 2.1.1), so a Message-ID is not longer.</summary>
    public const int MaxLength = 998;

    const int MaxWords = 8;

    /// <summary>What the text can be: first the reading that is used, then the others.</summary>
    public static IReadOnlyList<TextReading> Readings(string text)
    {
        if (text.Length == 0)
            return [TextReading.Filters];
        var readings = new List<TextReading>();
        if (NetworkId().IsMatch(text))
            readings.Add(TextReading.NetworkMessageId);
        if (text is ['<', .., '>'])
            readings.Add(TextReading.MessageId);
        if (IPAddress.TryParse(text, out _) && text.AsSpan().IndexOfAny('.', ':') >= 0)
            readings.Add(TextReading.Ip);
        var at = text.LastIndexOf('@');
        if (at >= 0 && !text.AsSpan().ContainsAny(" \t<>") && DomainNames.Clean(text[(at + 1)..]) is not null)
            readings.AddRange(at == 0 ? [TextReading.Domain] : [TextReading.Address, TextReading.MessageId]);
        else if (at < 0 && DomainNames.Clean(text) is { } name && DomainNames.IsMailDomain(name))
            readings.Add(TextReading.Domain);
        readings.Add(TextReading.Words);
        return [.. readings.Distinct()];
    }

    /// <summary>The words, each with the causes whose name or title has it.</summary>
    public static IReadOnlyList<(string Text, IReadOnlySet<Cause> Causes)> Words(string text) =>
    [
        .. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MaxWords).Select(
            w => (w, (IReadOnlySet<Cause>)CauseTable.All.Select(c => c.Cause).Where(c => Names(c, w)).ToHashSet())),
    ];

    static bool Names(Cause cause, string word) =>
        cause.Name().Contains(word, StringComparison.OrdinalIgnoreCase) || CauseWords.Of(cause, 1).Contains(word, StringComparison.OrdinalIgnoreCase)
        || CauseWords.Of(cause, 2).Contains(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of a reading in the URL and in the metric.</summary>
    public static string Name(this TextReading reading) => reading switch
    {
        TextReading.Address => "address",
        TextReading.Domain => "domain",
        TextReading.MessageId => "message-id",
        TextReading.NetworkMessageId => "network-message-id",
        TextReading.Ip => "ip",
        TextReading.Words => "words",
        _ => "filters",
    };

    /// <summary>In a sentence: "Understood as a domain".</summary>
    public static string Says(this TextReading reading) => reading switch
    {
        TextReading.Address => "an e-mail address of a sender or recipient",
        TextReading.Domain => "a domain of a sender or recipient",
        TextReading.MessageId => "a Message-ID",
        TextReading.NetworkMessageId => "a network message id of Exchange",
        TextReading.Ip => "an IP address of a client or server",
        TextReading.Words => "words of a diagnosis",
        _ => "filters",
    };

    [GeneratedRegex(@"^\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 100)]
    private static partial Regex NetworkId();
}
