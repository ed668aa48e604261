using Mailflow.Analysis.Events;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Tests.Events;

public sealed class EventDetailsTests
{
    const string Thumbprint = "0123456789ABCDEF0123456789ABCDEF01234567";

    // The message of Exchange 2010 and 2013, with a normal resource under the same heading.
    const string Pressure2010 = "\r\nThe following resources are under pressure:\r\n"
        + "Queue database logging path (\"C:\\Queue\\\") = 96% [High] [Normal=92% Medium=94% High=96%]\r\n"
        + "Version buckets = 130 [Medium] [Normal=80 Medium=120 High=200]\r\n"
        + "Physical memory load = 90% [limit is 94% to start dehydrating messages.]\r\n"
        + "The following components are disabled due to back pressure:\r\nInbound mail submission from the Internet\r\n"
        + "The following resources are in normal state:\r\nPrivate bytes = 14% [Normal] [Normal=71% Medium=73% High=75%]\r\n";

    const string Pressure2016 = "Es wird keine Mail angenommen.\r\nUnter Druck:\r\nUsed disk space (\"C:\\Queue\")\r\nOverall Resources\r\n\r\n"
        + "Abgeschaltet:\r\nPickup\r\n";

    [Fact]
    public void Back_pressure_events_give_levels_and_resources()
    {
        var details = Details(15004, ["Medium", "High", Pressure2010], null);
        Assert.Equal(("Medium", "High"), (details.LevelBefore, details.LevelAfter));
        Assert.Equal(["Queue database logging path (\"C:\\Queue\\\")", "Version buckets"], details.Resources.Select(r => r.Name));

        details = Details(15004, [], "The resource pressure increased from Medium to High." + Pressure2010);
        Assert.Equal(("Medium", "High"), (details.LevelBefore, details.LevelAfter));
        Assert.Equal(2, details.Resources.Count);

        Assert.Equal(["Used disk space (\"C:\\Queue\")", "Overall Resources"], Details(15006, [Pressure2016], null).Resources.Select(r => r.Name));
    }

    [Fact]
    public void Back_pressure_events_give_each_resource_its_own_level()
    {
        var pressure = ResourcePressure.Of(
            new("MSExchangeTransport", 15004, 0, 2, DateTime.UnixEpoch, 1, "EX01", "Application", ["Medium", "High", Pressure2010], null))!;
        Assert.Equal(["overall High", "Queue database logging path High", "Version buckets Medium"], pressure.Select(p => $"{p.Resource} {p.Level}"));

        const string TwoDisks = "Under pressure:\r\nUsed disk space (\"C:\\\") = 99% [High] [x]\r\nUsed disk space (\"D:\\\") = 91% [Medium] [x]\r\n";
        pressure = ResourcePressure.Of(
            new("MSExchangeTransport", 15004, 0, 2, DateTime.UnixEpoch, 1, "EX01", "Application", ["Medium", "High", TwoDisks], null))!;
        Assert.Equal(["overall High", "Used disk space High"], pressure.Select(p => $"{p.Resource} {p.Level}"));
        Assert.Equal(
            ["overall High", "Used disk space High"],
            ResourcePressure.Of(new(
                "MSExchangeTransport", 15006, 0, 2, DateTime.UnixEpoch, 1, "EX01", "Application",
                ["Under pressure:\r\nUsed disk space (\"C:\\\")\r\n"], null))!.Select(p => $"{p.Resource} {p.Level}"));
    }

    [Fact]
    public void Certificate_events_give_the_missing_or_expiring_certificate()
    {
        var details = Details(12014, ["mail.contoso.test", "Internet Send", "mail.contoso.test"], null);
        Assert.Equal(("mail.contoso.test", "Internet Send", null), (details.Fqdn, details.Connector, details.Thumbprint));

        details = Details(12018, ["CN=mail.contoso.test", Thumbprint, "71"], null);
        Assert.Equal((Thumbprint, 71L), (details.Thumbprint, details.HoursLeft));
        Assert.Equal((Thumbprint, 5L), (Details(12017, [Thumbprint, "5"], null).Thumbprint, Details(12017, [Thumbprint, "5"], null).HoursLeft));

        details = Details(12014, [], "Es gibt kein Zertifikat mit dem Namen mail.contoso.test. Der Connector \"Internet Send\" bietet kein STARTTLS an.");
        Assert.Equal(("mail.contoso.test", "Internet Send"), (details.Fqdn, details.Connector));
        Assert.Equal(Thumbprint, Details(12015, [], $"Abgelaufen: {Thumbprint.ToLowerInvariant()}.").Thumbprint);
        Assert.Null(Details(12015, [], Thumbprint + "0").Thumbprint);
    }

    [Fact]
    public void Receive_connector_events_give_the_client_address()
    {
        var details = Details(1021, ["Default EX01", "192.0.2.7", "20"], null);
        Assert.Equal(("Default EX01", "192.0.2.7"), (details.Connector, details.Address));
        Assert.Equal("192.0.2.7", Details(1012, ["Default EX01", "3", "192.0.2.7"], null).Address);
    }

    [Fact]
    public void Event_ids_of_other_providers_are_ignored() =>
        Assert.Null(EventDetails.From(new("MSExchangeIS", 1009, 0, 2, default, 1, "", "", ["a"], null)));

    static EventDetails Details(int id, string[] strings, string? message) =>
        EventDetails.From(new("MSExchangeTransport", id, 0, 2, DateTime.UnixEpoch, 1, "EX01", "Application", strings, message))!;
}
