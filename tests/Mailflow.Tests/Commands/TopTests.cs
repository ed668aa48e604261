using System.Globalization;
using System.Text.Json;
using Mailflow.Commands;
using Mailflow.Configuration;
using Mailflow.Privacy;
using Mailflow.Tests.Ship;
using Mailflow.Tests.Web;
using Spectre.Console;

namespace Mailflow.Tests.Commands;

public sealed class TopTests
{
    const string Token = "0123456789abcdef-token";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Program_and_store_show_the_same_incidents_volumes_and_causes()
    {
        await using var site = await ServedSite.StartAsync(incidents: [IncidentEventTests.Refused]);
        var log = new LogText(site.Clock.Now.AddMinutes(-10));
        for (var i = 0; i < 3; i++)
            log.Fail(site.Clock.Now.AddMinutes(-5), $"a{i}@fabrikam.test", "550 5.1.1 User unknown");
        log.Fail(site.Clock.Now.AddMinutes(-4), "b@contoso.test", "452 4.2.2 Mailbox full");
        log.Deliver(site.Clock.Now, TimeSpan.FromSeconds(1));
        await site.ReadAsync(log);

        using var http = TopSource.Client(site.Http.BaseAddress!, null);
        var live = await TopSource.OfApiAsync(http, Cancel);
        var stored = TopSource.OfStore(Path.Combine(site.State, "mailflow.db"), site.Clock.Now);
        Assert.Equal([1L, 0, 4, 0], live.Outcomes);
        Assert.Equal(live.Outcomes, stored.Outcomes);
        Assert.Equal(["3 invalid-recipient fabrikam.test", "1 mailbox-full contoso.test"], live.Causes.Select(c => $"{c.Count} {c.Cause} {c.TopDomain}"));
        Assert.Equal(live.Causes, stored.Causes);
        Assert.Equal(live.Incidents.Single() with { Severity = default }, stored.Incidents.Single() with { Severity = default });
        Assert.Equal(live.Incidents[0].Severity.ToString(), stored.Incidents[0].Severity.ToString(), ignoreCase: true);
        Assert.Equal(live.At, stored.At);
        Assert.StartsWith(live.Incidents[0].Title.ToString(), stored.Verdict.ToString(), StringComparison.Ordinal);

        var shown = Shown(live, false);
        Assert.Contains("Open incidents: 1", shown, StringComparison.Ordinal);
        Assert.Contains("invalid-recipient", shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', shown);
    }

    [Fact]
    public async Task Sign_in_is_asked_for_and_used()
    {
        await using var site = await ServedSite.StartAsync(options: new MailflowOptions { Access = new() { Token = new(Token) } });
        using var without = TopSource.Client(site.Http.BaseAddress!, null);
        var fault = await Assert.ThrowsAsync<IOException>(() => TopSource.OfApiAsync(without, Cancel));
        Assert.EndsWith("answers 401: expected is a sign-in. Give the file that holds the token: --token-file FILE.", fault.Message, StringComparison.Ordinal);
        using var with = TopSource.Client(site.Http.BaseAddress!, new(Token));
        Assert.Null((await TopSource.OfApiAsync(with, Cancel)).At);
    }

    [Fact]
    public async Task Another_server_and_no_server_are_reported()
    {
        await using var site = await ServedSite.StartAsync();
        using var other = TopSource.Client(new($"http://127.0.0.1:{Ports.Claim()}"), null);
        var fault = await Assert.ThrowsAsync<IOException>(() => TopSource.OfApiAsync(other, Cancel));
        Assert.Contains("does not answer: Connection refused. Does Mailflow run there? See --url.", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever answers under the address: no text of it reaches the terminal as a command or as markup.</summary>
    [Theory]
    [InlineData("\\u001b]0;title\\u0007\\u001b[2J")]
    [InlineData("[red]x[/] [[ [/]")]
    [InlineData("\\u202egro.example\\u009b31m")]
    [InlineData("\\n\\r\\n\\t\\u0000")]
    [InlineData("bob@fabrikam.test")]
    public void Hostile_names_do_not_reach_the_terminal(string hostile)
    {
        using var status = JsonDocument.Parse(
            $$"""
            {"verdict":{"level":"{{hostile}}","sentence":"{{hostile}}","advice":"{{hostile}}"},"totals":{"newest":"{{hostile}}","sent":"{{hostile}}"},
            "causes":[{"count":1,"cause":"{{hostile}}","top_domain":"{{hostile}}"},7,null]}
            """);
        using var incidents = JsonDocument.Parse($$"""{"incidents":[{"severity":"{{hostile}}","title":"{{hostile}}","fault":"{{hostile}}"},{}]}""");
        var figures = TopFigures.Of(status.RootElement, incidents.RootElement, Masking.Default);
        var plain = Shown(figures, false);
        Assert.DoesNotContain(plain, c => c != '\n' && (char.IsControl(c) || c is '\u202e'));
        Assert.DoesNotContain("bob@", plain, StringComparison.Ordinal);
        // With colours, only those of ours.
        var coloured = Shown(figures, true);
        foreach (var part in coloured.Split('\x1b')[1..])
            Assert.Matches("^\\[[0-9;]*m", part);
    }

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("[]", "null")]
    [InlineData("""{"verdict":7,"totals":[],"causes":{}}""", """{"incidents":{}}""")]
    public void Answers_of_another_version_are_shown_as_far_as_they_go(string status, string incidents)
    {
        using var one = JsonDocument.Parse(status);
        using var two = JsonDocument.Parse(incidents);
        Assert.Contains("No open incident", Shown(TopFigures.Of(one.RootElement, two.RootElement, Masking.Default), false), StringComparison.Ordinal);
    }

    static string Shown(TopFigures figures, bool colours)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(
            new()
            {
                Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(text),
            });
        console.Profile.Width = 160;
        console.Write(TopScreen.Of(figures, [1, 2, 3, 4], Masking.Default.Text("here"), null));
        return text.ToString();
    }
}
