namespace Mailflow.Analysis.Notices;

/// <summary>What the part for people says, for the recipients of a report: each question is answered from the lines once, however many ask.</summary>
sealed class HumanReasons(IReadOnlyList<string> lines)
{
    readonly Lazy<Dictionary<string, string>> _reasons = new(() => HumanPart.All(lines)
        .ToDictionary(r => r.Recipient, r => r.Reason, StringComparer.OrdinalIgnoreCase));

    readonly Lazy<string?> _transcript = new(() => HumanPart.Transcript(lines));

    readonly Lazy<bool> _isRefusal = new(() => lines.Any(l => l.Contains("rejected", StringComparison.OrdinalIgnoreCase)
        || l.Contains("refused", StringComparison.OrdinalIgnoreCase)));

    readonly Lazy<string> _mdn = new(() => string.Join(' ', lines.Where(l => !string.IsNullOrWhiteSpace(l)).Take(20).Select(l => l.Trim())));

    /// <summary>The reason that is written for this recipient, or null.</summary>
    public string? For(string recipient) => _reasons.Value.GetValueOrDefault(recipient);

    /// <summary>The transcript of the session, or null.</summary>
    public string? Transcript => _transcript.Value;

    /// <summary>Whether a filter of the mailbox says that it refused the message.</summary>
    public bool IsRefusal => _isRefusal.Value;

    /// <summary>The text of a disposition notification. The first line of Dovecot's text names the recipient; the rest is the recipient's own.</summary>
    public string Mdn => _mdn.Value;
}
