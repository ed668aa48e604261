using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Domains;

/// <summary>The <c>tag=value;</c> lists that DKIM, DMARC, MTA-STS and TLS-RPT share (RFC 6376 section 3.2).</summary>
static class TaggedRecord
{
    /// <summary>The tags in order; null where the text is not such a list. Where a tag occurs twice, the first is used.</summary>
    public static Dictionary<string, string>? Parse(string text)
    {
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equal = part.IndexOf('=', StringComparison.Ordinal);
            if (equal <= 0)
                return null;
            tags.TryAdd(part[..equal].TrimEnd(), part[(equal + 1)..].TrimStart());
        }

        return tags;
    }

    /// <summary>Makes untrusted text safe to quote in a message: short, and without control characters.</summary>
    public static string Show(string text) => Visible.Start(text, 80);
}
