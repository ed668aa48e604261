using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Snapshots;

/// <summary>A certificate of an Exchange server.</summary>
/// <param name="Thumbprint">In upper case.</param>
/// <param name="Services">Assigned services, for example <c>IIS, SMTP</c>.</param>
/// <param name="NotAfter">When it expires, UTC; null where the export's date cannot be read.</param>
public sealed record CertificateState(string Thumbprint, string Subject, string Services, DateTime? NotAfter, bool SelfSigned, string Status)
{
    static readonly string[] Marks = ["Thumbprint", "NotAfter", "Services"];

    /// <summary>The first digits: enough to tell the certificates of a server apart.</summary>
    public string ShortThumbprint => Thumbprint.Length > 8 ? Thumbprint[..8] : Thumbprint;

    /// <summary>Transport uses only certificates that are assigned to SMTP.</summary>
    public bool IsForSmtp => Services.Contains("SMTP", StringComparison.OrdinalIgnoreCase);

    public static bool Recognises(ExportObject export) => Marks.All(export.Has);

    public static CertificateState Of(ExportObject export) => new(
        string.Concat((export["Thumbprint"] ?? "").Where(char.IsAsciiHexDigit).Take(64)).ToUpperInvariant(),
        ConnectorState.Short(export["Subject"] ?? ""),
        ConnectorState.Short(export["Services"] ?? ""),
        export.TryTime("NotAfter", out var end) ? end : null,
        ConnectorState.Flag(export, "IsSelfSigned") ?? false,
        ConnectorState.Short(export["Status"] ?? ""));
}
