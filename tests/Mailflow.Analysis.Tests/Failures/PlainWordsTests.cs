using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class PlainWordsTests
{
    [Theory]
    // Words inside of names are not words of the text.
    [InlineData("550 dkim-check.contoso.example: denied", " 550 dkim-check.contoso.example denied ")]
    [InlineData("host spf.mx.contoso.example[192.0.2.5] said no", " host spf.mx.contoso.example 192.0.2.5 said no ")]
    [InlineData("user unknown, see https://contoso.example/dmarc-policy.html.", " user unknown see //contoso/example/dmarc-policy/html ")]
    [InlineData("see www.contoso.example/spf?ip=192.0.2.5", " see //www/contoso/example/spf?ip=192/0/2/5 ")]
    [InlineData("X-Spam-Status: too long", " x-spam-status too long ")]
    [InlineData("rfc822; ann@contoso.example is unknown", " @ is unknown ")]
    [InlineData("smtp;550 no", " 550 no ")]
    [InlineData("DNS; mail.contoso.example", " mail.contoso.example ")]
    // An address stays an address, a number a number, and a missing space after a sentence no name.
    [InlineData("<ann.lee@dkim.contoso.example> unknown", " @ unknown ")]
    [InlineData("5.7.1 try later.please wait", " 5.7.1 try later please wait ")]
    [InlineData("RESOLVER.ADR.RecipNotFound; not found", " resolver adr recipnotfound not found ")]
    [InlineData("SendSizeLimit.Org; too large", " sendsizelimit org too large ")]
    [InlineData("CONTOSO.COM is Contoso.com", " contoso.com is contoso.com ")]
    [InlineData("550-mx.contoso.example no", " 550 mx.contoso.example no ")]
    [InlineData("a.b", " a b ")]
    [InlineData("http://", " // ")]
    [InlineData(".contoso.example.", " contoso.example ")]
    public void Names_of_hosts_web_addresses_and_headers_are_one_word(string text, string words)
    {
        var buffer = new char[PlainWords.Room(text.Length)];
        Assert.Equal(words, new string(buffer, 0, PlainWords.Write(text, "", "", buffer)));
    }
}
