using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Privacy;
using Mailflow.Ship;

namespace Mailflow.Tests.Ship;

public sealed partial class EventJsonTests
{
    const string Status = "[{LED=550-5.1.1 <anna.lang@fabrikam.test>: user unknown};{MSG=};{FQDN=mx.fabrikam.test};{IP=192.0.2.7};{LRT=3/4/2026 9:59:58 AM}]";

    static StoredEvent Event(string status = Status) => new(
        7,
        "00112233445566778899aabbccddeeff",
        false,
        new DateTimeOffset(2026, 3, 4, 10, 0, 0, 250, TimeSpan.Zero),
        "EX01",
        "SMTP",
        "originating",
        "anna.lang@fabrikam.test",
        "bert.kurz@contoso.test",
        "<6f1c@EX01.contoso.test>",
        "8d2f3c1a-0000-4000-8000-000000000001",
        "Internet",
        "Rechnung für März",
        Diagnosis.Of(status).Cause,
        Diagnosis.Of(status),
        "exchange/MSGTRK2026030409-1.LOG",
        123456)
    {
        Session = "08DD5AB1C2D3E501",
    };

    [Fact]
    public void Bidirectional_characters_are_escaped_in_event_JSON()
    {
        var line = Render(Event("550 5.1.1 User \u202enwonknu\u2069"));
        Assert.DoesNotContain(line, c => Visible.Turns.Contains(c));
        Assert.Contains("\u202e", JsonDocument.Parse(line).RootElement.GetProperty("Status").GetString(), StringComparison.Ordinal);
    }

    static string Render(StoredEvent stored, Masking? masking = null)
    {
        using var json = new EventJson(masking ?? Masking.Default);
        var output = new ArrayBufferWriter<byte>();
        json.Write(stored, output);
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
        return text;
    }

    static JsonElement Parse(string line) => JsonElement.Parse(line);

    [Fact]
    public void Failure_event_has_template_level_and_time()
    {
        var json = Parse(Render(Event()));
        Assert.Equal("2026-03-04T10:00:00.25Z", json.GetProperty("@t").GetString());
        Assert.Equal(EventJson.FailureTemplate, json.GetProperty("@mt").GetString());
        Assert.Equal("Warning", json.GetProperty("@l").GetString());
    }

    [Fact]
    public void Address_in_the_connector_field_is_masked() =>
        Assert.Equal("s***@contoso.test", Parse(Render(Event() with { Connector = "secret.person@contoso.test" })).GetProperty("Connector").GetString());

    [Fact]
    public void Address_starting_with_an_emoji_is_masked() =>
        Assert.Equal(
            "\U0001F600***@contoso.test",
            Parse(Render(Event() with { Recipient = "\U0001F600abc@contoso.test" })).GetProperty("Recipient").GetString());

    [Fact]
    public void Deferral_event_has_its_own_template()
    {
        var json = Parse(Render(Event() with { Deferred = true }));
        Assert.Equal(EventJson.DeferralTemplate, json.GetProperty("@mt").GetString());
        Assert.Equal("Information", json.GetProperty("@l").GetString());
        Assert.Equal("deferred", json.GetProperty("Outcome").GetString());
    }

    [Theory]
    [InlineData(EventJson.FailureTemplate)]
    [InlineData(EventJson.DeferralTemplate)]
    public void Properties_in_a_template_always_exist(string template)
    {
        var nothing = new StoredEvent(
            1, "00", template == EventJson.DeferralTemplate, default, "", "", "", "", "", "", "", "", "", Cause.Unknown, Diagnosis.Of(""), "", 0);
        var json = Parse(Render(nothing));
        Assert.Equal(template, json.GetProperty("@mt").GetString());
        Assert.All(Holes().Matches(template), m => Assert.True(json.TryGetProperty(m.Groups["name"].Value, out _), m.Value));
    }

    [Fact]
    public void Addresses_are_masked_in_all_fields_and_message_ids_kept()
    {
        var line = Render(Event());
        Assert.DoesNotContain("anna", line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("bert", line, StringComparison.OrdinalIgnoreCase);
        var json = Parse(line);
        Assert.Equal("a***@fabrikam.test", json.GetProperty("Recipient").GetString());
        Assert.Equal("fabrikam.test", json.GetProperty("RecipientDomain").GetString());
        Assert.Equal("<6f1c@EX01.contoso.test>", json.GetProperty("MessageId").GetString());
        Assert.Contains("<a***@fabrikam.test>", json.GetProperty("Status").GetString(), StringComparison.Ordinal);
        Assert.Contains("anna.lang@fabrikam.test", Render(Event(), new Masking(AddressPrivacy.Plain, [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("550 5.1.1 Anna.Lang is not known here")]
    [InlineData("550 5.1.1 no one here is called Anna Lang")]
    public void Recipients_name_is_masked_in_a_status_without_an_address(string status) =>
        Assert.DoesNotContain("lang", Parse(Render(Event(status))).GetProperty("Status").GetString(), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Addresses_in_other_fields_are_masked()
    {
        const string Address = "secret.person@contoso.test";
        var stored = Event();
        var line = Render(
            stored with
            {
                Source = Address,
                NetworkMessageId = Address,
                File = $"root/{Address}.log",
                Diagnosis = stored.Diagnosis with { RemoteHost = Address },
            });
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Address_at_the_cut_of_a_long_text_is_masked()
    {
        for (var before = 4060; before < 4100; before++)
            Assert.DoesNotContain(
                "anna",
                Render(Event("550 5.1.1 " + new string('x', before - 10) + " anna.lang.with.a.long.name@fabrikam.test")),
                StringComparison.Ordinal);
    }

    [Fact]
    public void Text_in_any_script_is_kept_and_cut_at_the_limit()
    {
        Assert.Contains("für März", Render(Event()), StringComparison.Ordinal);
        var wide = new string('邮', 100_000);
        var line = Render(Event("550 5.1.1 " + wide) with
        {
            Subject = wide,
            MessageId = wide,
            Connector = wide,
            Recipient = wide + "@x",
            Sender = wide,
            Server = wide,
        });
        Assert.InRange(Encoding.UTF8.GetByteCount(line), 4096, Batch.MaxBytes / 4);
        Assert.Equal(4096, Parse(line).GetProperty("Status").GetString()!.Length);
    }

    [Fact]
    public void Event_is_one_line_of_JSON_for_any_text() =>
        Gen.Select(Gen.String, Gen.String, Gen.Int[0, 5000]).Sample((status, other, padding) =>
        {
            var text = string.Concat(Enumerable.Repeat("📧", padding)) + status;
            var json = Parse(Render(Event(text) with { Recipient = other, Subject = text, MessageId = other }));
            Assert.True(json.GetProperty("Status").GetString()!.Length <= 4096);
        });

    [Fact]
    public void Documented_event_fields_equal_the_written_ones()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/events.md")).Split("\n## Incidents")[0];
        var described = Rows().Matches(page).Select(m => m.Groups["name"].Value);
        Assert.Equal(string.Join(' ', Parse(Render(Event())).EnumerateObject().Select(p => p.Name)), string.Join(' ', described));
    }

    [Fact]
    public void Documented_event_example_equals_the_written_event() =>
        Repository.Holds("docs/events.md", "example", $"```json\n{JsonSerializer.Serialize(Parse(Render(Event() with { Subject = "" })), Indented)}\n```\n");

    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Holes();

    [GeneratedRegex(@"^\| `(?<name>[@\w]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Rows();
}
