using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Tests.Events;

public sealed class SmtpAckTests
{
    [Fact]
    public void Smtp_ack_is_read_from_insertion_strings() =>
        Assert.Equal(
            new SmtpAck("Internet Send", "<b1@contoso.test>", "550 5.1.1 User unknown"),
            SmtpAck.From(Event(2004, ["Internet Send", "<b1@contoso.test>", " 550 5.1.1 User unknown"], null)));

    [Theory]
    [InlineData(
        "Send connector Outbound to Office 365: Message delivery was not successful. The message with message ID <b1@contoso.test> was "
        + "acknowledged with SMTP response 454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied.",
        "Outbound to Office 365", "<b1@contoso.test>", "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied")]
    [InlineData(
        "Sendeconnector \"Internet 500 Send\": Die Nachricht konnte nicht zugestellt werden. Die Nachricht mit der ID <b1@contoso.test> "
        + "wurde mit der SMTP-Antwort 550 No such user <x@remote.example> quittiert.",
        "Internet 500 Send", "<b1@contoso.test>", "550 No such user <x@remote.example> quittiert")]
    [InlineData("送信コネクタ 'Internet Send': メッセージ ID <b1@contoso.test> の SMTP 応答は 550-5.7.26 Unauthenticated です",
        "Internet Send", "<b1@contoso.test>", "550-5.7.26 Unauthenticated です")]
    [InlineData("Connecteur « Internet Send » : réponse 421 4.4.2 Connection dropped.", "Internet Send", null, "421 4.4.2 Connection dropped")]
    [InlineData(
        "Connecteur d'envoi « Internet Send » : l'envoi a échoué, réponse 421 4.4.2 Connection dropped.",
        "Internet Send", null, "421 4.4.2 Connection dropped")]
    [InlineData(
        "Le connecteur d’envoi Office 365 n’a pas remis <b1@contoso.test> : 550 5.1.1 User unknown.",
        "Office 365", "<b1@contoso.test>", "550 5.1.1 User unknown")]
    [InlineData("送信コネクタ'Internet Send'は <b1@contoso.test> 550 5.1.1 User unknown", "Internet Send", "<b1@contoso.test>", "550 5.1.1 User unknown")]
    [InlineData("Connector X 365: <a b> <b1@contoso.test> 451 try later", null, "<b1@contoso.test>", "451 try later")]
    public void Smtp_ack_is_read_from_messages_in_any_language(string message, string? connector, string? messageId, string response) =>
        Assert.Equal(new SmtpAck(connector, messageId, response), SmtpAck.From(Event(2004, [], message), ["Outbound to Office 365", "Office 365"]));

    [Fact]
    public void Smtp_ack_rejects_other_events()
    {
        Assert.Null(SmtpAck.From(Event(2005, ["a", "b", "550 5.1.1 c"], null)));
        Assert.Null(SmtpAck.From(Event(2004, ["a", "b", "550 5.1.1 c"], null) with { Provider = "MSExchangeIS" }));
        Assert.Null(SmtpAck.From(Event(2004, [], "no reply in here 2004 <a@b>")));
        Assert.Null(SmtpAck.From(Event(2004, [], null)));
    }

    static WindowsEvent Event(int id, string[] strings, string? message) =>
        new("MSExchangeTransport", id, 16388, 4, DateTime.UnixEpoch, 1, "EX01", "Application", strings, message);
}
