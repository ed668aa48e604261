using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mailflow.Analysis.Advising;

/// <summary>A placeholder of commands: <c>{recipient_domain}</c>.</summary>
/// <param name="Name">Its name, without braces.</param>
/// <param name="Form">The form of its values.</param>
/// <param name="Of">Where its value is.</param>
public sealed record Placeholder(string Name, ValueForm Form, Func<AdviceValues, string?> Of)
{
    /// <summary>THE table of placeholders.</summary>
    public static IReadOnlyList<Placeholder> All { get; } =
    [
        new("sender", ValueForm.Address, v => v.Sender),
        new("sender_domain", ValueForm.Host, v => v.SenderDomain),
        new("recipient", ValueForm.Address, v => v.Recipient),
        new("recipient_domain", ValueForm.Host, v => v.RecipientDomain),
        new("connector", ValueForm.Text, v => v.Connector),
        new("server", ValueForm.Host, v => v.Server),
        new("next_hop", ValueForm.Text, v => v.NextHop),
        new("mx", ValueForm.Host, v => v.Mx),
        new("smart_host", ValueForm.Host, v => v.SmartHost),
        new("message_id", ValueForm.Text, v => v.MessageId),
        new("list", ValueForm.Host, v => v.List),
        new("x500", ValueForm.InFilter, v => v.X500),
        new("our_address", ValueForm.Host, v => v.OurAddress),
        new("database", ValueForm.Text, v => v.Database),
    ];

    /// <summary>The placeholder, in braces, at a position of a template; null if there is none.</summary>
    public static Placeholder? At(ReadOnlySpan<char> template, int at)
    {
        foreach (var placeholder in All)
            if (template[(at + 1)..].StartsWith(placeholder.Name) && template[(at + 1 + placeholder.Name.Length)..] is ['}', ..])
                return placeholder;
        return null;
    }

    /// <summary>
    /// The text that replaces it, within single quotes. PowerShell takes typographic quotes for quotes; each is doubled, as
    /// CodeGeneration.EscapeSingleQuotedStringContent does it. Without a value, or with one that cannot be filled in: its name, <c>&lt;recipient&gt;</c>.
    /// </summary>
    public string Filled(AdviceValues values)
    {
        if (Of(values) is not { } value || Fault(value) is not null)
            return $"<{Name}>";
        if (!value.AsSpan().ContainsAny(Quotes))
            return value;
        var filled = new StringBuilder(value.Length + 8);
        foreach (var c in value)
            filled.Append(c, Quotes.Contains(c) ? 2 : 1);
        return filled.ToString();
    }

    static readonly SearchValues<char> Quotes = SearchValues.Create("'\u2018\u2019\u201A\u201B");

    /// <summary>What is wrong with a value; null if it can be filled in. Values of logs and replies come from strangers.</summary>
    public string? Fault(string value)
    {
        if (value.Length == 0)
            return "it is empty";
        if (value.Length > MaxLength)
            return $"it has {value.Length} characters, at most {MaxLength} are allowed";
        if (value.Any(IsInvisible))
            return "it has control characters";
        // Exchange takes a wildcard in an identity or a filter for many objects: a command would change all of them.
        if (value.AsSpan().ContainsAny('*', '?'))
            return "it has a wildcard (* or ?): expected the name of one object";
        // Filters have such values in double quotes, and Exchange reads typographic ones as PowerShell does.
        if (Form is ValueForm.Address or ValueForm.InFilter && value.AsSpan().ContainsAny("\"\u201C\u201D\u201E"))
            return "it has a double quote, which ends the text of a filter";
        return Form switch
        {
            ValueForm.Address when !IsAddress(value) => "it is not an address: expected a name, an at sign and a domain",
            ValueForm.Host when !IsHost(value) => "it is not a domain or host name (letters, digits, hyphens, dots)",
            _ => null,
        };
    }

    /// <summary>The longest path of SMTP is 256 octets (RFC 5321, 4.5.3.1); an X.500 address or a Message-ID of Exchange can be longer.</summary>
    const int MaxLength = 512;

    /// <summary>Also what turns the direction of a line around, and halves of surrogate pairs.</summary>
    static bool IsInvisible(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    static bool IsAddress(string value) =>
        value.LastIndexOf('@') is > 0 and var at && at < value.Length - 1 && value[0] is not ('<' or ' ') && IsHost(value[(at + 1)..]);

    /// <summary>A name, or an address of IPv4 or IPv6; international names as they are.</summary>
    static bool IsHost(string value) =>
        value[0] is not ('-' or '.') && value.All(c => char.IsAscii(c) ? HostCharacters.Contains(c) : char.IsLetterOrDigit(c) || char.IsSurrogate(c)
            || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");
}

/// <summary>The form of a placeholder's values.</summary>
public enum ValueForm
{
    /// <summary>An e-mail address.</summary>
    Address,

    /// <summary>A domain or host name, or an IP address.</summary>
    Host,

    /// <summary>Any text on one line.</summary>
    Text,

    /// <summary>Any text on one line without double quotes: it stands in double quotes within a filter.</summary>
    InFilter,
}
