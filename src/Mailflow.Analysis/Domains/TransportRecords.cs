using System.Globalization;

namespace Mailflow.Analysis.Domains;

/// <summary>A domain's MTA-STS record (RFC 8461 section 3.1): it announces that there is a policy.</summary>
public static class StsRecord
{
    public static bool IsOne(string text) => text.StartsWith("v=STSv1", StringComparison.Ordinal);

    /// <summary>The policy's id; null where the record is not valid.</summary>
    public static string? Id(string text) =>
        TaggedRecord.Parse(text) is { } tags && tags.GetValueOrDefault("v") == "STSv1"
        && tags.GetValueOrDefault("id") is { Length: > 0 and <= 32 } id && id.All(char.IsAsciiLetterOrDigit) ? id : null;
}

/// <summary>A domain's TLS-RPT record (RFC 8460 section 3).</summary>
public static class TlsReportRecord
{
    public static bool IsOne(string text) => text.StartsWith("v=TLSRPTv1", StringComparison.Ordinal);

    /// <summary>Where reports go; null where the record is not valid.</summary>
    public static string? Reports(string text) =>
        TaggedRecord.Parse(text) is { } tags && tags.GetValueOrDefault("v") == "TLSRPTv1" && tags.GetValueOrDefault("rua") is { Length: > 0 } rua
        && (rua.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) || rua.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) ? rua : null;
}

/// <summary>An MTA-STS policy (RFC 8461 section 3.2).</summary>
/// <param name="Mode">enforce, testing or none.</param>
/// <param name="Hosts">Mail servers that it allows; <c>*.</c> matches one label.</param>
public sealed record StsPolicy(string Mode, IReadOnlyList<string> Hosts)
{
    /// <summary>Longer policies are rejected (RFC 8461 section 3.3 suggests 64 KB).</summary>
    public const int MaxLength = 65536;

    /// <summary>The policy; null with the reason in <paramref name="fault"/> where it is not valid.</summary>
    public static StsPolicy? Parse(string text, out string fault)
    {
        // Where a field occurs twice, the first is used (RFC 8461 section 3.2).
        var (version, mode, age, hosts) = ("", "", "", new List<string>());
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line[(colon + 1)..].Trim();
            switch (colon < 0 ? "" : line[..colon].Trim())
            {
                case "version" when version.Length == 0: version = value; break;
                case "mode" when mode.Length == 0: mode = value; break;
                case "max_age" when age.Length == 0: age = value; break;
                case "mx": hosts.Add(value.ToLowerInvariant()); break;
            }
        }

        fault = version != "STSv1" ? "its version is not STSv1"
            : mode is not ("enforce" or "testing" or "none") ? "its mode is none of enforce, testing, none"
            : !int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 31557600
                ? "its max_age is missing or no time"
            : hosts.Count == 0 && mode != "none" ? "it names no mx" : "";
        return fault.Length == 0 ? new(mode, hosts) : null;
    }

    /// <summary>Whether the policy allows a mail server.</summary>
    public bool Allows(string host) => Hosts.Any(h =>
        h.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (h.StartsWith("*.", StringComparison.Ordinal)
            && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && host.AsSpan(dot).Equals(h.AsSpan(1), StringComparison.OrdinalIgnoreCase)));
}
