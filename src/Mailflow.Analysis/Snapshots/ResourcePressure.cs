using System.Xml;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Snapshots;

/// <summary>How much of a resource the transport uses. From Medium on it slows down or refuses what comes in: back pressure.</summary>
public enum PressureLevel
{
    /// <summary>What the diagnostics call Low and the events Normal.</summary>
    Low,
    Medium,
    High,
}

/// <summary>One resource that the transport watches.</summary>
/// <param name="Resource">Its name without the path in brackets, for example <c>UsedDiskSpace</c>.</param>
/// <param name="Pressure">The figure itself, where the diagnostics give it.</param>
/// <param name="At">When this was so, UTC.</param>
public sealed record ResourcePressure(string Resource, PressureLevel Level, long? Pressure, DateTime At)
{
    /// <summary>The worst of all resources, as the server itself says.</summary>
    public const string Overall = "overall";

    /// <summary>A server has about ten; what claims to have more is cut off there.</summary>
    public const int MaxResources = 40;

    public static bool Recognises(ExportObject export) => export["Result"]?.Contains("<ResourceThrottling", StringComparison.Ordinal) is true;

    /// <summary>Reads what Get-ExchangeDiagnosticInfo has in Result: an XML text. A resource of several disks or databases is told by its worst.</summary>
    /// <param name="server">Who says it; null where the text does not name itself.</param>
    /// <returns>False where the text is no XML, or is cut off.</returns>
    public static bool TryRead(string result, DateTime taken, out string? server, out List<ResourcePressure> resources)
    {
        (server, resources) = (null, []);
        var byName = new Dictionary<string, ResourcePressure>(StringComparer.Ordinal);
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 4_000_000, IgnoreWhitespace = true };
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

                // Reading an element's text moves on to what follows it.
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
                    Add(byName, resource, level, long.TryParse(xml.ReadElementContentAsString(), System.Globalization.CultureInfo.InvariantCulture, out var pressure) ? pressure : null, taken);
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

    /// <summary>Low, Normal, Medium or High; null for another word.</summary>
    public static PressureLevel? LevelOf(string text) => text.Trim().ToUpperInvariant() switch
    {
        "LOW" or "NORMAL" => PressureLevel.Low,
        "MEDIUM" or "MEDIUMHIGH" => PressureLevel.Medium,
        "HIGH" => PressureLevel.High,
        _ => null,
    };

    /// <summary>What an event of back pressure says; null for one that says nothing that can be read.</summary>
    public static IReadOnlyList<ResourcePressure>? Of(WindowsEvent one)
    {
        if (EventDetails.From(one) is not { } details || EventTable.Find(one) is not { Kind: EventKind.BackPressure })
            return null;
        // 15006 and 15007 tell that mail is refused, and name no level.
        if ((details.LevelAfter is { } after ? LevelOf(after) : one.Id is 15006 or 15007 ? PressureLevel.High : null) is not { } level)
            return null;
        // Older versions of Exchange give each resource's own level, which may be lower.
        return [new(Overall, level, null, one.TimeUtc), .. level == PressureLevel.Low ? [] : details.Resources.Take(MaxResources).GroupBy(r => NameOf(r.Name), r => LevelOf(r.Level ?? "") ?? level, StringComparer.OrdinalIgnoreCase)
            .Select(r => new ResourcePressure(r.Key, r.Max(), null, one.TimeUtc))];
    }

    /// <summary><c>UsedDiskSpace[C:\...]</c> is UsedDiskSpace: a path is no name for a label.</summary>
    public static string NameOf(string resource)
    {
        var bracket = resource.AsSpan().IndexOfAny('[', '(');
        var name = (bracket < 0 ? resource : resource[..bracket]).Trim();
        name = string.Concat(name.Where(c => !char.IsControl(c)).Take(64));
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
