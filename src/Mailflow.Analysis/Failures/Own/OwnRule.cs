using System.Globalization;

namespace Mailflow.Analysis.Failures.Own;

/// <summary>One rule of the user's rules file: replies that match it have this cause, whatever the built-in rules say.</summary>
/// <param name="Line">The line of the file where the rule begins, from 1.</param>
/// <param name="Texts">Texts of which one must occur in the reply; case and runs of white space do not matter. Empty: any text.</param>
/// <param name="Codes">SMTP reply codes (<c>554</c>) and enhanced codes (<c>5.7.1</c>, <c>x.7.1</c>), one of which a reply must have. Empty: any code.</param>
/// <param name="NextHop">The server that refused: a host name, <c>*.contoso.com</c> or an address. Null: any.</param>
/// <param name="Cause">The cause.</param>
/// <param name="SubReason">The sub-reason, or null.</param>
/// <param name="Fault">The responsible side; null: that of the cause.</param>
/// <param name="Advice">What to do, in the user's words, or null.</param>
public sealed record OwnRule(
    int Line,
    IReadOnlyList<string> Texts,
    IReadOnlyList<string> Codes,
    string? NextHop,
    Cause Cause,
    string? SubReason,
    Fault? Fault,
    string? Advice)
{
    /// <summary>Whether a reply has one of the codes.</summary>
    internal bool HasCode(List<ReplyPart> replies)
    {
        foreach (var reply in replies)
            foreach (var code in Codes)
                if (Is(code, reply))
                    return true;
        return Codes.Count == 0;
    }

    /// <summary>Whether the server that refused is the one of the rule.</summary>
    internal bool IsNextHop(ReadOnlySpan<char> host, ReadOnlySpan<char> address) =>
        NextHop is null
        || (NextHop.StartsWith('*')
            ? host.TrimEnd('.').EndsWith(NextHop.AsSpan(1), StringComparison.OrdinalIgnoreCase)
            : host.TrimEnd('.').Equals(NextHop, StringComparison.OrdinalIgnoreCase) || address.Equals(NextHop, StringComparison.OrdinalIgnoreCase));

    static bool Is(string code, ReplyPart reply) =>
        code.Length == 3
            ? int.TryParse(code, CultureInfo.InvariantCulture, out var smtp) && smtp == reply.Smtp
            : reply.Enhanced is { } enhanced && (code == enhanced || (code[0] == 'x' && code.AsSpan(1).SequenceEqual(enhanced.AsSpan(1))));
}
