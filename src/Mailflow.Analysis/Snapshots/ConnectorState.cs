using System.Globalization;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Snapshots;

/// <summary>A send or receive connector.</summary>
/// <param name="Enabled">Null where the export does not say.</param>
/// <param name="MaxMessageBytes">The largest message that it accepts; null where there is no limit.</param>
/// <param name="Spaces">Address spaces of a send connector, bindings of a receive connector; separated by commas.</param>
/// <param name="SmartHosts">A send connector's smart hosts; empty where it uses MX records.</param>
public sealed record ConnectorState(
    string Name,
    bool? Enabled,
    long? MaxMessageBytes,
    string Spaces,
    string SmartHosts,
    bool RequiresTls,
    string Fqdn,
    string TlsCertificate)
{
    static readonly string[] SendMarks = ["AddressSpaces", "SmartHosts"];
    static readonly string[] ReceiveMarks = ["Bindings", "RemoteIPRanges"];

    public static bool RecognisesSend(ExportObject export) => SendMarks.All(m => export.Has(m));

    public static bool RecognisesReceive(ExportObject export) => ReceiveMarks.All(m => export.Has(m));

    public static ConnectorState Of(ExportObject export) => new(
        Short(export["Name"] ?? export["Identity"] ?? ""),
        Flag(export, "Enabled"),
        Quantity(export["MaxMessageSize"]),
        Join(export, export.Has("AddressSpaces") ? "AddressSpaces" : "Bindings"),
        Join(export, "SmartHosts"),
        Flag(export, "RequireTLS") ?? false,
        Short(export["Fqdn"] ?? ""),
        Join(export, "TlsCertificateName"));

    /// <summary>The bytes in <c>35 MB (36,700,160 bytes)</c>, whatever separates the digits; null for <c>Unlimited</c>.</summary>
    public static long? Quantity(string? text) =>
        text is not null && (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) || ExportObject.TryBytes(text, out bytes))
            ? bytes
            : null;

    internal static bool? Flag(ExportObject export, string name) => bool.TryParse(export[name], out var b) ? b : null;

    /// <summary>Cuts a name to 200 characters: no Exchange name is longer.</summary>
    internal static string Short(string text) => text.Length > 200 ? text[..200] : text;

    /// <summary>A list's members, or the plain value. The text that Export-Csv writes for a list has no information.</summary>
    internal static string Join(ExportObject export, string name)
    {
        const int Longest = 1000;
        var members = export.List(name);
        var text = members.Count > 0 ? string.Join(", ", members) : export[name] ?? "";
        if (text.StartsWith("System.", StringComparison.Ordinal) || text.StartsWith("Microsoft.Exchange.", StringComparison.Ordinal))
            return "";
        return text.Length > Longest ? text[..Longest] : text;
    }
}
