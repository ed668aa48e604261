using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using static Mailflow.Analysis.Tests.Incidents.SampleIncident;

namespace Mailflow.Analysis.Tests.Incidents;

public sealed class IncidentStoryTests
{
    [Fact]
    public void A_paragraph_says_what_since_when_how_bad_whose_side_and_whether_it_is_over() => Assert.Equal(
        "Mail to contoso.com is refused: our address or domain is on a blocklist. A public blocklist lists our address or domain."
            + " It began on 2025-03-04 10:00 UTC, and it was certain at 10:03: 34 messages to 56 recipients (50 will not get it, 6 wait)."
            + " That is 80% of the mail to contoso.com in this time."
            + " Most recipients are hit in: senders ann@ours.example, bob@ours.example; servers EX01, EX02; connectors Internet; next hops mx.contoso.com."
            + " It is major: many recipients are hit, or a considerable share of the mail. It is on our side."
            + " It is open: the last failure was on 2025-03-04 10:40 UTC.",
        IncidentStory.Paragraph(Listed, At.AddHours(1)).Replace(
            SubReasons.Of(Cause.Blocklisted, Listed.Sub)!.Meaning, "A public blocklist lists our address or domain.", StringComparison.Ordinal));

    [Theory]
    [InlineData(PlaceKind.Domain, "contoso.com", "Mail to contoso.com", "No mail goes to contoso.com")]
    [InlineData(PlaceKind.NextHop, "mx.a.example", "Mail through mx.a.example", "No mail goes through mx.a.example")]
    [InlineData(PlaceKind.Connector, "Out", "Mail over the connector Out", "No mail goes over the connector Out")]
    [InlineData(PlaceKind.Server, "EX01", "Mail on the server EX01", "No mail passes the server EX01")]
    [InlineData(PlaceKind.Egress, "192.0.2.25", "Mail from our address 192.0.2.25", "No mail leaves from our address 192.0.2.25")]
    [InlineData(PlaceKind.Sender, "a@b.example", "Mail from a@b.example", "No mail comes from a@b.example")]
    [InlineData(PlaceKind.Sender, "<>", "Mail with non-delivery reports", "No mail with non-delivery reports is sent")]
    [InlineData(PlaceKind.Database, "DB01", "Mail to the mailbox database DB01", "No mail is delivered to the mailbox database DB01")]
    [InlineData(PlaceKind.Organization, "", "Mail of the whole organisation", "No mail passes the organisation")]
    public void Each_place_has_its_words(PlaceKind kind, string name, string mail, string silence)
    {
        var incident = Listed with { Place = new(kind, name) };
        var reason = kind == PlaceKind.Egress ? "it is on a blocklist" : "our address or domain is on a blocklist";
        Assert.Equal($"{mail} is refused: {reason}", IncidentStory.Title(incident));
        Assert.Equal(silence, IncidentStory.Title(incident with { Kind = IncidentKind.Silence }));
    }

    [Fact]
    public void Each_kind_cause_and_place_has_a_story_and_steps()
    {
        foreach (var kind in Enum.GetValues<IncidentKind>())
            foreach (var place in Enum.GetValues<PlaceKind>())
                foreach (var cause in Enum.GetValues<Cause>())
                {
                    var incident = Listed with { Kind = kind, Cause = cause, Sub = null, Place = new(place, "name") };
                    var paragraph = IncidentStory.Paragraph(incident, At.AddHours(1));
                    Assert.Matches(@"\.$", paragraph);
                    Assert.DoesNotMatch(@"\.\.|\{|  ", paragraph + IncidentStory.Title(incident));
                    Assert.DoesNotMatch(@"\.$", IncidentStory.Title(incident));
                    Assert.NotEmpty(IncidentSteps.Of(incident, _ => true).Check);
                }
    }

    [Fact]
    public void A_recovery_says_how_it_is_known()
    {
        var over = Listed with { Closed = At.AddMinutes(50), Waiting = 0 };
        Assert.Equal(
            "It is over, verified: 14 messages delivered to contoso.com over the same connector since 10:42",
            IncidentStory.Ending(
                over with { Verified = Verified.Delivered, ProofMessages = 14, ProofSince = At.AddMinutes(42), ProofConnector = "Internet" }, At.AddHours(5)));
        Assert.Equal(
            "It is over, verified: 1 message delivered to contoso.com over the connector Backup since 2025-03-05 10:00 UTC",
            IncidentStory.Ending(
                over with { Verified = Verified.Delivered, ProofMessages = 1, ProofSince = At.AddDays(1), ProofConnector = "Backup" }, At.AddDays(5)));
        Assert.Equal(
            "It is quiet for 2 h, not verified: nothing was sent there",
            IncidentStory.Ending(over with { Verified = Verified.Quiet, Closed = At.AddMinutes(160) }, At.AddHours(5)));
        Assert.Equal(
            "It is over since 10:50: what reported it says so",
            IncidentStory.Ending(over with { Kind = IncidentKind.Signal, Verified = Verified.SignalEnded }, At.AddHours(5)));
    }

    [Fact]
    public void Mail_that_only_waits_is_delayed_and_not_refused() => Assert.Equal(
        "Mail to contoso.com is delayed: there is no connection, or it breaks",
        IncidentStory.Title(Listed with { Cause = Cause.NetworkFailure, Sub = null, Failed = 0 }));

    [Fact]
    public void The_timeline_has_first_failure_opening_and_end()
    {
        var over = Listed with { Closed = At.AddMinutes(50), Verified = Verified.Delivered, ProofMessages = 2, ProofSince = At.AddMinutes(42) };
        Assert.Equal(
            [(0, "First failure."), (3, "Opened after 5 messages."), (50, "It is over, verified: 2 messages delivered to contoso.com since 10:42.")],
            IncidentStory.Timeline(over).Select(t => ((int)(t.At - At).TotalMinutes, t.Says)));
    }

    [Fact]
    public void What_is_probably_not_ours_has_a_text_for_their_support()
    {
        var incident = Listed with
        {
            NotUs = true,
            Cause = Cause.RateLimited,
            Sub = null,
            Fault = Fault.Theirs,
            Failed = 0,
            Place = new(PlaceKind.Egress, "192.0.2.25"),
        };
        Assert.Contains("Do not change DNS.", IncidentStory.Paragraph(incident, At), StringComparison.Ordinal);
        Assert.Equal(
            [
                "Since 2025-03-04 10:00 UTC, your servers have deferred mail from us: 34 messages to 56 recipients.",
                "Our address: 192.0.2.25",
                "Your servers: mx.contoso.com",
                "Recipient domains: contoso.com",
                "Your reply: 554 5.7.1 Client host [*] blocked using *",
                "We do not send more than usual, and our addresses are on no blocklist that we know.",
                "Please tell us whether you know of a problem on your side, or what we must change.",
            ],
            IncidentStory.ForSupport(incident));
        Assert.All(IncidentSteps.Of(incident, _ => true).Commands, c => Assert.Null(c.Command.Changes));
        Assert.Empty(IncidentStory.ForSupport(Listed));
    }

    [Fact]
    public void Commands_have_the_values_of_the_incident()
    {
        var steps = IncidentSteps.Of(
            Listed with { Cause = Cause.NetworkFailure, Sub = "timeout", Fault = Fault.Theirs, Place = new(PlaceKind.NextHop, "mx.contoso.com"), Failed = 0 },
            _ => true);
        Assert.Contains(steps.Commands, c => c.Command.Text.Contains("-ComputerName 'mx.contoso.com' -Port 25", StringComparison.Ordinal));
        Assert.Contains(
            IncidentSteps.Of(Listed with { Place = new(PlaceKind.Database, "DB'1"), Cause = Cause.SystemError, Sub = "store" }, _ => true).Commands,
            c => c.Command.Text.Contains("Get-MailboxDatabase 'DB''1' -Status", StringComparison.Ordinal));
        Assert.Equal("docs/causes/network-failure.md", steps.Page.Split('#')[0]);
    }

    [Fact]
    public void An_account_has_commands_to_look_and_to_stop_and_masked_values_stay_open()
    {
        var incident = Listed with { Kind = IncidentKind.Account, Place = new(PlaceKind.Sender, "ann@ours.example") };
        var steps = IncidentSteps.Of(incident, _ => true).Commands;
        Assert.Contains(steps, c => c.Command.Text.Contains("Get-InboxRule -Mailbox 'ann@ours.example'", StringComparison.Ordinal));
        Assert.Contains(
            steps, c => c.Command is { Changes: not null, Undo: not null } && c.Command.Text.StartsWith("Disable-ADAccount", StringComparison.Ordinal));
        Assert.Contains(steps, c => c.Command.Text.EndsWith("Suspend-Message", StringComparison.Ordinal));
        Assert.All(
            IncidentSteps.Of(incident, v => !v.Contains('@', StringComparison.Ordinal)).Commands,
            c => Assert.DoesNotContain("ann@", c.Command.Text + c.Command.Undo, StringComparison.Ordinal));
    }

    [Fact]
    public void Hostile_names_are_not_filled_into_commands()
    {
        foreach (var name in (string[])["*", "a'; Remove-Mailbox b; '", "a\nb", "a\u202Eb", "<script>", new('x', 600)])
            foreach (var kind in Enum.GetValues<PlaceKind>())
                Assert.All(IncidentSteps.Of(Listed with { Place = new(kind, name) }, _ => true).Commands, c =>
                {
                    Assert.DoesNotContain("a'; Remove", c.Command.Text, StringComparison.Ordinal);
                    Assert.DoesNotContain("'*'", c.Command.Text, StringComparison.Ordinal);
                    Assert.DoesNotContain('\n', c.Command.Text);
                    Assert.DoesNotContain('\u202E', c.Command.Text);
                });
    }
}
