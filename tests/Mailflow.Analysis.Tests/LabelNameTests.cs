using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tests;

public sealed class LabelNameTests
{
    [Theory]
    [InlineData("EX01")]
    [InlineData("Internet Send")]
    [InlineData("EX01\\Default Frontend EX01")]
    [InlineData("Weird \"\\ name")]
    [InlineData("Anbindung für Österreich, Büro 2 (alt)")]
    [InlineData("2001:db8::25")]
    [InlineData("[192.0.2.25]:587")]
    [InlineData("Outbound: Partner")]
    [InlineData("Mailbox Database 1842963150")]
    [InlineData("\U0001F4E7 out")]
    [InlineData("Ratio=5")]
    public void Label_accepts_names_of_servers_connectors_and_next_hops(string name) => Assert.True(LabelName.IsName(name));

    [Theory]
    [InlineData("")]
    [InlineData("john.doe@contoso.com")]
    [InlineData("john.doe\uFF20contoso.com")]
    [InlineData("john.doe\uFE6Bcontoso.com")]
    [InlineData("john.doe%40contoso.com")]
    [InlineData("john.doe&#64;contoso.com")]
    [InlineData("john.doe=40contoso.com")]
    [InlineData("john.doe+40contoso.com")]
    [InlineData("/o=Contoso/ou=Exchange Administrative Group/cn=Recipients/cn=john.doe")]
    [InlineData("/O=CONTOSO/CN=JOHN")]
    [InlineData("CN=John Doe,OU=Users,DC=contoso,DC=com")]
    [InlineData("cn=John Doe")]
    [InlineData("s=doe;g=john;o=contoso;c=us")]
    [InlineData("c=us;a= ;p=contoso;s=doe")]
    [InlineData("/C=US/A= /P=CONTOSO/S=DOE/G=JOHN")]
    [InlineData("X400:c=us;s=doe")]
    [InlineData("EUM:4711;phone-context=contoso")]
    [InlineData("eum:john.doe")]
    [InlineData("NOTES:John Doe/Contoso")]
    [InlineData("rfc822;john.doe")]
    [InlineData("sip:john.doe")]
    [InlineData("smtp:john.doe")]
    [InlineData("IMCEAEX-_O=CONTOSO")]
    [InlineData("line\nbreak")]
    [InlineData("turned\u202Earound")]
    [InlineData("isolated\u2066")]
    [InlineData("separated\u2028line")]
    public void Label_rejects_possible_addresses_and_invisible_characters(string name) => Assert.False(LabelName.IsName(name));

    [Fact]
    public void Label_rejects_long_names()
    {
        Assert.True(LabelName.IsName(new('x', LabelName.MaxLength)));
        Assert.False(LabelName.IsName(new('x', LabelName.MaxLength + 1)));
    }
}
