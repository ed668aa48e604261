using System.Text;
using System.Text.Json;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;
using Mailflow.Printing;
using Mailflow.Privacy;
using static Mailflow.Tests.Incidents.IncidentShown;

namespace Mailflow.Tests.Incidents;

public sealed class IncidentOutputTests
{
    [Fact]
    public void Text_begins_with_a_sentence_and_has_commands_only_for_what_is_open()
    {
        var text = Text([Over, Full]);
        Assert.StartsWith(
            "1 incident is open; 1 is over. The logs are judged up to 2025-03-04 12:00 UTC.\n\n"
            + "OPEN   Mail to contoso.com cannot be sent: the remote server does not answer\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains("over   Mail to contoso.com cannot be sent", text, StringComparison.Ordinal);
        Assert.Contains(
            "verified: 14 messages delivered to contoso.com over the same connector since 10:42.",
            text.Replace("\n  ", " ", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Contains("Test-NetConnection -ComputerName 'mx.contoso.com' -Port 25", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("What to do:").Length - 1);
        var isCommand = false;
        foreach (var line in text.Split('\n'))
        {
            isCommand = line.StartsWith("    ", StringComparison.Ordinal) || line.StartsWith("  To ", StringComparison.Ordinal);
            Assert.True(isCommand || line.Length <= TextLines.Width, line);
        }
    }

    [Fact]
    public void No_incident_is_a_sentence_too() => Assert.Equal(
        "No incident was found since 2025-03-04 10:00 UTC. The logs are judged up to\n2025-03-04 12:00 UTC.\n", Text([], At));

    [Fact]
    public void Addresses_are_masked_everywhere()
    {
        foreach (var incident in (Incident[])[Full, Over, Full with { Kind = IncidentKind.Account, Place = new(PlaceKind.Sender, "ann.archer@ours.example") }])
        {
            Assert.DoesNotContain("archer", Text([incident]), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("archer", Json([incident]).RootElement.GetRawText(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void A_masked_address_is_in_no_command()
    {
        var account = Full with { Kind = IncidentKind.Account, Place = new(PlaceKind.Sender, "ann.archer@ours.example") };
        foreach (var step in Json([account]).RootElement.GetProperty("incidents")[0].GetProperty("steps").EnumerateArray())
            Assert.DoesNotContain("***", step.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("Get-InboxRule -Mailbox '<sender>'", Text([account]), StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_do_not_reach_the_terminal()
    {
        var text = Text([Full with { Place = new(PlaceKind.Domain, "a\u001b[2Jb\u202Ec\nd.example"), Domains = [new("\u001b]0;x\u0007", 3)] }]);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u202E', text);
        Assert.DoesNotContain('\u0007', text);
        Assert.DoesNotContain("\nd.example", text, StringComparison.Ordinal);
    }

    /// <summary>docs/incidents.md lists exactly the keys that are written.</summary>
    [Fact]
    public void Keys_of_the_json_are_documented()
    {
        var documented = File.ReadLines(Repository.PathOf("docs/incidents.md")).SkipWhile(l => l != "## JSON").Skip(1)
            .TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal))
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Select(l => l.Split('`')[1])
            .ToHashSet(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        Walk(Json([Full, Over]).RootElement, "", written);
        Assert.Equal(documented.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Values_of_enums_are_documented()
    {
        var doc = Repository.Text("docs/incidents.md");
        foreach (var name in Enum.GetValues<PlaceKind>().Select(k => Masked.Name(k).ToString())
            .Concat(Enum.GetValues<IncidentKind>().Select(k => Masked.Name(k).ToString()))
            .Concat(Enum.GetValues<Verified>().Select(k => Masked.Name(k).ToString()))
            .Concat(Enum.GetValues<IncidentSeverity>().Select(k => Masked.Name(k).ToString())))
            Assert.Contains($"`{name}`", doc, StringComparison.Ordinal);
    }

    static void Walk(JsonElement element, string path, HashSet<string> written)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                    Walk(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", written);
                break;
            case JsonValueKind.Array:
                if (path == "incidents")
                    written.Add(path + "[]");
                foreach (var member in element.EnumerateArray())
                    Walk(member, path + "[]", written);
                break;
            default:
                written.Add(path);
                break;
        }
    }

    static string Text(IReadOnlyList<Incident> incidents, DateTime? since = null)
    {
        using var output = new StringWriter { NewLine = "\n" };
        IncidentText.Write(incidents, since, At.AddHours(2), Masking.Default, new TextLines(output, unicode: true));
        return output.ToString();
    }

    static JsonDocument Json(IReadOnlyList<Incident> incidents)
    {
        using var bytes = new MemoryStream();
        IncidentJson.Write(incidents, At.AddHours(2), Masking.Default, bytes);
        return JsonDocument.Parse(Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
