using System.Globalization;
using System.Xml;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Snapshots;

/// <summary>Usage level of a resource. From Medium on, transport slows down or rejects incoming mail: back pressure.</summary>
public enum PressureLevel
{
    /// <summary>Called Low in diagnostics and Normal in events.</summary>
    Low,
    Medium,
    High,
}

/// <summary>One resource that transport monitors.</summary>
/// <param name="Resource">Its name without the path in brackets, for example <c>UsedDiskSpace</c>.</param>
/// <param name="Pressure">The measured value, where the diagnostics give it.</param>
/// <param name="At">When it was measured, UTC.</param>
public sealed record ResourcePressure(string Resource, PressureLevel Level, long? Pressure, DateTime At)
{
    /// <summary>The name for the highest level of all resources, as the server reports it.</summary>
    public const string Overall = "overall";

    /// <summary>A server has about ten; more than this are cut off.</summary>
    public const int MaxResources = 40;

    public static bool Recognises(ExportObject export) => export["Result"]?.Contains("<ResourceThrottling", StringComparison.Ordinal) is true;

    /// <summary>
    /// Reads the XML text in the Result property of Get-ExchangeDiagnosticInfo. A resource with several disks or databases gets their
    /// highest level.
    /// </summary>
    /// <param name="server">The server that the text names; null where it names none.</param>
    /// <returns>False where the text is not XML, or is truncated.</returns>
    public static bool TryRead(string result, DateTime taken, out string? server, out List<ResourcePressure> resources)
    {
        (server, resources) = (null, []);
        var byName = new Dictionary<string, ResourcePressure>(StringComparer.Ordinal);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = 4_000_000,
            IgnoreWhitespace = true,
        };
        try
        {
            using var text = new System.IO.StringReader(result);
            using var xml = XmlReader.Create(text, settings);
            string? resource = null;
            PressureLevel? level = null;
            while (!xml.EOF)
            {
                if (xml is { NodeType: XmlNodeType.EndElement, LocalName: "ResourceMeter" })
                {
                    Add(byName, resource, level, null, taken);
                    (resource, level) = (null, null);
                }

                // Reading an element's text already moves to the next node.
                if (xml.NodeType != XmlNodeType.Element)
                    xml.Read();
                else if (xml.LocalName == "serverName" && server is null)
                    server = xml.ReadElementContentAsString();
                else if (xml.LocalName == "AggregateUse")
                    Add(byName, Overall, LevelOf(xml.ReadElementContentAsString()), null, taken);
                else if (xml.LocalName == "ResourceMeter")
                {
                    resource = xml.GetAttribute("Resource");
                    xml.Read();
                }
                else if (xml.LocalName == "CurrentResourceUse")
                    level = LevelOf(xml.ReadElementContentAsString());
                else if (xml.LocalName == "Pressure")
                {
                    var value = xml.ReadElementContentAsString();
                    Add(byName, resource, level, long.TryParse(value, CultureInfo.InvariantCulture, out var pressure) ? pressure : null, taken);
                }
                else
                    xml.Read();
            }
        }
        catch (Exception e) when (e is XmlException or InvalidOperationException)
        {
            return false;
        }

        resources = [.. byName.Values.OrderBy(r => r.Resource, StringComparer.Ordinal)];
        return true;
    }

    /// <summary>Parses Low, Normal, Medium or High; null for any other word.</summary>
    public static PressureLevel? LevelOf(string text) => text.Trim().ToUpperInvariant() switch
    {
        "LOW" or "NORMAL" => PressureLevel.Low,
        "MEDIUM" or "MEDIUMHIGH" => PressureLevel.Medium,
        "HIGH" => PressureLevel.High,
        _ => null,
    };

    /// <summary>The resources in a back pressure event; null where the event cannot be read as one.</summary>
    public static IReadOnlyList<ResourcePressure>? Of(WindowsEvent one)
    {
        if (EventDetails.From(one) is not { } details || EventTable.Find(one) is not { Kind: EventKind.BackPressure })
            return null;
        // 15006 and 15007 report that mail is rejected, without naming a level.
        if ((details.LevelAfter is { } after ? LevelOf(after) : one.Id is 15006 or 15007 ? PressureLevel.High : null) is not { } level)
            return null;
        // Older versions of Exchange give each resource's own level, which may be lower.
        var resources = level == PressureLevel.Low
            ? []
            : details.Resources.Take(MaxResources)
                .GroupBy(r => NameOf(r.Name), r => LevelOf(r.Level ?? "") ?? level, StringComparer.OrdinalIgnoreCase)
                .Select(r => new ResourcePressure(r.Key, r.Max(), null, one.TimeUtc));
        return [new(Overall, level, null, one.TimeUtc), .. resources];
    }

    /// <summary><c>UsedDiskSpace[C:\...]</c> becomes UsedDiskSpace: a path is not used as a label.</summary>
    public static string NameOf(string resource)
    {
        var bracket = resource.AsSpan().IndexOfAny('[', '(');
        var name = (bracket < 0 ? resource : resource[..bracket]).Trim();
        name = Visible.Start(name, 64);
        return name.Length == 0 ? "unnamed" : name;
    }

    static void Add(Dictionary<string, ResourcePressure> byName, string? resource, PressureLevel? level, long? pressure, DateTime taken)
    {
        if (resource is null || level is not { } now)
            return;
        var name = NameOf(resource);
        var known = byName.GetValueOrDefault(name);
        if (known is null ? byName.Count < MaxResources : now > known.Level || (now == known.Level && pressure > (known.Pressure ?? -1)))
            byName[name] = new(name, now, pressure, taken);
    }
}
