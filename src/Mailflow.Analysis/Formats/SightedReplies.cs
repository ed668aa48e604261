using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Analysis.Formats;

/// <summary>What the detection of incidents needs of a reply: its template and the address of ours that it names. Remembered, since replies repeat.</summary>
sealed class SightedReplies
{
    const int Most = 512;

    readonly Recent<string, (string Words, string Egress)> _recent = new(Most, StringComparer.Ordinal);
    (string? Text, (string Words, string Egress) Reply) _last;

    public (string Words, string Egress) Of(string text)
    {
        if (ReferenceEquals(text, _last.Text))
            return _last.Reply;
        if (!_recent.TryGet(text, out var reply))
            _recent.Set(text, reply = (ReplyTemplate.Of(text), ReplyFacts.AddressOfOurs(text) ?? ""));
        _last = (text, reply);
        return reply;
    }
}
