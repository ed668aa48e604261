using Mailflow.Privacy;
using Mailflow.Web;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Mailflow.Tests.Privacy;

/// <summary>What leaves the program takes no text but a masked one: the compiler holds that, so these tests ask the compiler.</summary>
public sealed class MaskedTests
{
    static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>The ids of the errors of a statement that sees the program's own types.</summary>
    static string[] Errors(string statement)
    {
        var code = $$"""
            using System;
            using System.IO;
            using Mailflow.Ledger;
            using Mailflow.Printing;
            using Mailflow.Privacy;
            using Mailflow.Ship;
            using Mailflow.Web;

            static class Snippet
            {
                static void Run(StoredEvent stored, Masking masking, PageModel page, FailureRow row, MaskedJson json, Html html, Suggestion suggestion)
                {
                    {{statement}}
                }
            }
            """;
        // A friend of the program by its name, as the real tests are.
        var compilation = CSharpCompilation.Create(
            "Mailflow.Tests",
            [CSharpSyntaxTree.ParseText(code)],
            References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id)];
    }

    [Theory]
    [InlineData("""_ = row with { Recipient = masking.Address(stored.Recipient) };""")]
    [InlineData("""_ = page with { Note = (Masked)$"Delivery to {masking.Address(stored.Recipient)} failed {page.Window.Failures} times" };""")]
    [InlineData("""json.WriteString("Recipient", masking.Address(stored.Recipient));""")]
    [InlineData("""html.Add($"<b>{masking.Address(stored.Recipient)}</b>");""")]
    public void Masked_text_may_leave(string statement) => Assert.Empty(Errors(statement));

    [Theory]
    [InlineData("""_ = row with { Recipient = stored.Recipient };""")]
    [InlineData("""_ = row with { Status = stored.Diagnosis.Text };""")]
    [InlineData("""_ = page with { Note = stored.Recipient };""")]
    [InlineData("""_ = page with { Note = (Masked)$"Delivery to {stored.Recipient} failed" };""")]
    [InlineData("""_ = page.Servers! with { Sentences = [stored.Recipient] };""")]
    [InlineData("""_ = suggestion with { Value = stored.Sender };""")]
    [InlineData("""json.WriteString("Recipient", stored.Recipient);""")]
    [InlineData("""json.WriteString("Recipient", $"to {stored.Recipient}");""")]
    [InlineData("""json.WriteStringValue(stored.Diagnosis.Text);""")]
    [InlineData("""_ = new Masked(stored.Recipient);""")]
    [InlineData("""_ = (Masked)stored.Recipient;""")]
    [InlineData("""Masked text = stored.Recipient;""")]
    [InlineData("""Masked text = "a" + stored.Recipient;""")]
    public void Text_of_a_stored_event_does_not_compile(string statement) => Assert.NotEmpty(Errors(statement));

    [Fact]
    public void The_page_and_its_JSON_hold_no_other_text()
    {
        var seen = new HashSet<Type>();
        var texts = new List<string>();
        Look(typeof(PageModel), nameof(PageModel));
        Assert.Empty(texts);

        void Look(Type type, string path)
        {
            if (type == typeof(string) || type == typeof(object) || type == typeof(Uri))
                texts.Add(path);
            foreach (var argument in type.GetGenericArguments())
                Look(argument, path);
            if (type.Namespace?.StartsWith("Mailflow", StringComparison.Ordinal) != true || type == typeof(Masked) || type.IsEnum || !seen.Add(type))
                return;
            foreach (var property in type.GetProperties())
                Look(property.PropertyType, $"{path}.{property.Name}");
        }
    }

    [Fact]
    public void Text_of_ours_in_a_page_is_masked_too()
    {
        var html = new Html();
        var words = "to anna.lang@fabrikam.test";
        Assert.Equal("<p>to a***@fabrikam.test</p>", html.Add($"<p>{words}</p>").ToString());
    }

    [Fact]
    public void An_interpolated_string_joins_masked_text_and_numbers()
    {
        Masked text = $"{Masking.Default.Address("anna@fabrikam.test")} failed {3L} times ({Level.Fix})";
        Assert.Equal("a***@fabrikam.test failed 3 times (Fix)", text.ToString());
        Assert.Equal("a***@fabri…", text.Start(11).ToString());
        Assert.True(default(Masked).IsEmpty);
    }

    [Theory]
    [InlineData("<7f3e@ex01.contoso.com>", "<7f3e@ex01.contoso.com>")]
    [InlineData("anna.lang@fabrikam.test", "a***@fabrikam.test")]
    [InlineData("<7f3e@ex01.contoso.com> anna.lang@fabrikam.test>", "<7***@ex01.contoso.com> a***@fabrikam.test>")]
    public void Only_what_has_the_form_of_a_message_id_stays(string id, string shown) =>
        Assert.Equal(shown, Masked.MessageId(Masking.Default, id).ToString());
}
