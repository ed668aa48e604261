using System.Management.Automation.Language;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Analysis.Tests.Advising;

/// <summary>
/// Each command of the advice table, parsed by PowerShell: with values of strangers, and with open placeholders. A text without a parse error can
/// still be wrong (<c>"&lt;01d$ab@x&gt;"</c> loses three characters), so the syntax trees are compared.
/// </summary>
public sealed class PowerShellTests
{
    static readonly AdviceValues Hostile = new()
    {
        Sender = "o'brien\u2019s.$env`n{server}@contoso.example",
        SenderDomain = "b\u00FCcher.example",
        Recipient = "ann+$(calc)#\u2018x\u201A\u201B@fabrikam.example",
        RecipientDomain = "fabrikam.example",
        Connector = "Ann's \"Internet\" \u2018Send\u2019 $(calc) `calc` {server}; # \u2013 @{a=1}",
        Server = "EX01",
        NextHop = "a'b | $x -Confirm",
        Mx = "mx1.fabrikam.example",
        SmartHost = "relay.contoso.example",
        MessageId = "<01d$ab@x'\u2019`\"$(calc)>",
        List = "zen.spamhaus.org",
        X500 = "/o=Contoso's/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=ann$x\u2019{list}",
        OurAddress = "192.0.2.10",
        Database = "Mailbox Database 'A' $(calc) `n \u2018x\u2019",
    };

    static readonly string[] LookVerbs =
    [
        "Get", "Resolve", "Test", "Select", "Where", "Sort", "Group", "Format", "Measure", "Search", "ForEach", "Compare", "mailflow",
    ];

    [Fact]
    public void Hostile_values_are_filled_in() =>
        Assert.All(Placeholder.All, p => Assert.Null(p.Fault(p.Of(Hostile) ?? throw new InvalidOperationException($"{p.Name} has no value."))));

    /// <summary>Exchange takes a wildcard for many objects; a double quote ends a text within a filter.</summary>
    [Theory]
    [InlineData("*")]
    [InlineData("*@contoso.example")]
    [InlineData("ann?@contoso.example")]
    [InlineData("contoso.*")]
    [InlineData("/o=Contoso/cn=*")]
    public void Wildcards_are_in_no_command(string value) => Assert.All(Placeholder.All, p => Assert.NotNull(p.Fault(value)));

    [Fact]
    public void Values_in_double_quotes_of_a_filter_have_none() => Each(c => [.. Placeholder.All
        .Where(p => c.Text.Contains($"{{{p.Name}}}\"", StringComparison.Ordinal)
            && ((string[])["a\"b@x.example", "a\u201Db@x.example"]).Any(v => p.Fault(v) is null))
        .Select(p => $"{p.Name} may have a double quote")]);

    [Fact]
    public void Commands_have_no_parse_errors() => Each(c =>
        [.. Syntax.Errors(c.Text), .. Syntax.Errors(c.For(Hostile).Text), .. Syntax.Errors(c.For(new()).Text)]);

    [Fact]
    public void A_value_arrives_whole_and_changes_nothing_else() => Each(c =>
    [
        .. Differences(c.Text, c.For(Hostile).Text, p => p.Of(Hostile)!),
        .. Differences(c.Text, c.For(new()).Text, p => $"<{p.Name}>"),
    ]);

    [Fact]
    public void Placeholders_are_in_single_quotes() => Each(PlaceholderFaults);

    [Fact]
    public void Nothing_is_read_otherwise_than_it_looks() => Each(c => Misread(c.Text));

    [Theory]
    [InlineData("-RequireTLS false", false)]
    [InlineData("-RequireTLS $false", true)]
    [InlineData("-MaxMessageSize 35 MB", false)]
    [InlineData("-MaxMessageSize 35MB", true)]
    [InlineData("-AddressSpaces @{Add=contoso.example}", false)]
    [InlineData("-AddressSpaces @{Add='contoso.example'}", true)]
    [InlineData("-Comment \"a $b\"", false)]
    public void What_is_read_otherwise_than_it_looks_is_found(string arguments, bool isGood) =>
        Assert.Equal(isGood, Misread($"Set-SendConnector 'a' {arguments}").Length == 0);

    [Fact]
    public void Cmdlets_and_parameters_are_documented() => Each(Undocumented);

    [Fact]
    public void Looks_only_look_and_fixes_change_something() => Each(c => Verbs(c).All(v => LookVerbs.Contains(v, StringComparer.Ordinal)) == c.Changes is null
        ? []
        : [$"Changes is {c.Changes ?? "null"}, the verbs are {string.Join(", ", Verbs(c))}"]);

    [Fact]
    public void Quotes_are_doubled_as_the_library_does_it()
    {
        for (var c = '\0'; c < char.MaxValue; c++)
        {
            var value = $"a{c}b";
            if (Placeholder.All.Single(p => p.Name == "connector").Fault(value) is null)
                Assert.Equal(
                    $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'",
                    new Command(Shell.Windows, "'{connector}'", "").For(new() { Connector = value }).Text);
        }
    }

    /// <summary>All faults of all commands at once.</summary>
    static void Each(Func<Command, string[]> faultsOf)
    {
        var faults = AdviceTable.All.SelectMany(row => ((Command[])[.. row.Look, .. row.Fix, .. row.Verify])
            .SelectMany(command => faultsOf(command).Select(fault => $"{row.Cause.Name()}/{row.Sub}: {command.Text}\n    {fault}")))
            .Concat(IncidentSteps.OfPlaces.SelectMany(c => faultsOf(c).Select(fault => $"incidents: {c.Text}\n    {fault}")))
            .ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>The filled command must have the tree of the template; only texts in single quotes differ, by exactly the values.</summary>
    static string[] Differences(string template, string filled, Func<Placeholder, string> valueOf)
    {
        var (before, after) = (Syntax.Nodes(template), Syntax.Nodes(filled));
        if (!before.Select(n => n.GetType()).SequenceEqual(after.Select(n => n.GetType())))
            return [$"has another structure: {filled}"];
        return [.. before.Zip(after).Where(n => Text(n.First, valueOf) != Text(n.Second, null)).Select(n => $"arrives as {n.Second}")];
    }

    static string? Text(Ast node, Func<Placeholder, string>? valueOf)
    {
        if (node is not StringConstantExpressionAst { Value: var text } constant)
            return null;
        if (valueOf is null || constant.StringConstantType != StringConstantType.SingleQuoted)
            return text;
        // In two steps, as values have braces themselves.
        text = Placeholder.All.Aggregate(text, (value, p) => value.Replace($"{{{p.Name}}}", $"\0{p.Name}\0", StringComparison.Ordinal));
        return Placeholder.All.Aggregate(text, (value, p) => value.Replace($"\0{p.Name}\0", valueOf(p), StringComparison.Ordinal));
    }

    static string[] PlaceholderFaults(Command command)
    {
        var inQuotes = Syntax.Nodes(command.Text).OfType<StringConstantExpressionAst>()
            .Where(s => s.StringConstantType == StringConstantType.SingleQuoted).Sum(s => Count(s.Value));
        var undo = command.Undo ?? "";
        // In Undo, text between an odd quote and the next one is in quotes.
        var undoInQuotes = undo.Split('\'').Where((_, i) => i % 2 == 1).Sum(Count);
        return Count(command.Text) == inQuotes && Count(undo) == undoInQuotes ? [] : ["a placeholder is not in a text with single quotes"];
    }

    static int Count(string text) => Placeholder.All.Sum(p => text.Split($"{{{p.Name}}}").Length - 1);

    static string[] Misread(string text)
    {
        var nodes = Syntax.Nodes(text);
        return
        [
            .. nodes.OfType<ExpandableStringExpressionAst>().Select(s => $"{s} has variables"),
            .. nodes.OfType<HashtableAst>().SelectMany(h => h.FindAll(n => n is CommandAst, true)).Select(c => $"{c} would be run as a command: quote it"),
            .. nodes.OfType<StringConstantExpressionAst>()
                .Where(s => s is { StringConstantType: StringConstantType.BareWord, Value: "true" or "false" }).Select(s => $"{s} is a text: write ${s}"),
            .. nodes.OfType<CommandAst>()
                .Where(c => Syntax.Positional(c) > 1 && c.GetCommandName() != "mailflow").Select(c => $"{c} has more than one argument without a name"),
        ];
    }

    static string[] Undocumented(Command command)
    {
        var faults = new List<string>();
        foreach (var call in Syntax.Nodes(command.Text).OfType<CommandAst>())
        {
            if (!Cmdlet.All.TryGetValue(call.GetCommandName(), out var known))
            {
                faults.Add($"{call.GetCommandName()} is not in cmdlets.tsv");
                continue;
            }

            if (!known.Shells.Contains(command.Shell.Name(), StringComparer.Ordinal))
                faults.Add($"{known.Name} does not exist in the shell {command.Shell.Name()}, says cmdlets.tsv");
            faults.AddRange(call.CommandElements.OfType<CommandParameterAst>()
                .Where(p => !known.Parameters.Contains(p.ParameterName, StringComparer.OrdinalIgnoreCase))
                .Select(p => $"-{p.ParameterName} of {known.Name} is not in cmdlets.tsv"));
        }

        return [.. faults];
    }

    static IEnumerable<string> Verbs(Command command) =>
        Syntax.Nodes(command.Text).OfType<CommandAst>().Select(c => c.GetCommandName().Split('-')[0]);
}
