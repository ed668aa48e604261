using CsCheck;
using Mailflow.Privacy;

namespace Mailflow.Tests;

public sealed class MaskingTests
{
    static readonly string[] Signs = ["@", "\uFF20", "\uFE6B", "%40", "%2540", "=40", "\\40", "&#64;", "&#x40;"];

    [Theory]
    [InlineData("john.smith@contoso.com", "j***@contoso.com")]
    [InlineData("jo@contoso.com", "***@contoso.com")]
    [InlineData("***@contoso.com", "***@contoso.com")]
    [InlineData("<>", "<>")]
    [InlineData("", "")]
    [InlineData("IMCEAEX-_o=x@contoso.test", "I***@contoso.test")]
    [InlineData("no-at-sign", "n***")]
    [InlineData("x@b.test (John Smith)", "***@b.test***")]
    [InlineData("x@b.test/john", "***@b.test***")]
    [InlineData("mailto:john@b.test?subject=John", "m***@b.test***")]
    [InlineData("<john@b.test>", "<***@b.test>")]
    [InlineData("john@[192.0.2.1]", "j***@[192.0.2.1]")]
    [InlineData("\U0001F600abc@contoso.com", "\U0001F600***@contoso.com")]
    public void Address_is_masked(string address, string masked) => Assert.Equal(masked, Masking.Default.Address(address).ToString());

    [Theory]
    [InlineData("/logs/john.smith@contoso.com/a.LOG", "/logs/j***@contoso.com/a.LOG")]
    [InlineData("scan /o=Contoso/ou=First/cn=Recipients/cn=jsmith; not found", "scan /o=Contoso/ou=First/cn=Recipients/cn=j***; not found")]
    [InlineData("pm/john.smith\\@contoso.com", "pm/j***\\@contoso.com")]
    [InlineData("C:\\logs\\40\\a.LOG", "C:\\logs\\40\\a.LOG")]
    public void Path_is_masked(string path, string masked) => Assert.Equal(masked, Masking.Default.Path(path).ToString());

    [Theory]
    [InlineData("550 5.1.1 <john.smith@contoso.com>: unknown; ask postmaster@contoso.com", "550 5.1.1 <j***@contoso.com>: unknown; ask p***@contoso.com")]
    [InlineData("a@b@c", "***@***@c")]
    [InlineData("@ alone", "@ alone")]
    [InlineData("550 5.1.1 <\"john doe\"@b.test> unknown", "550 5.1.1 <\"***@b.test> unknown")]
    [InlineData("not found: /o=Contoso/ou=First/cn=Recipients/cn=jsmith; gone", "not found: /o=Contoso/ou=First/cn=Recipients/cn=j***; gone")]
    [InlineData("user unknown", "user unknown")]
    [InlineData("550 <हिन्दी@contoso.com> unknown", "550 <ह***@contoso.com> unknown")]
    [InlineData("550 <\U0001F600\U0001F600@contoso.com> unknown", "550 <\U0001F600***@contoso.com> unknown")]
    [InlineData(
        "see http://www.openspf.org/Why?s=mfrom&id=john.doe%40contoso.com&ip=192.0.2.1",
        "see http://www.openspf.org/Why?s=mfrom&id=j***%40contoso.com&ip=192.0.2.1")]
    [InlineData("scope=mfrom;identity=b+john=contoso.com%40list.test;ip=::1", "scope=mfrom;identity=b***%40list.test;ip=::1")]
    [InlineData("http://r.test/?u=http%3A%2F%2Fx%3Fid%3Djohn%2540contoso.com", "http://r.test/?u=h***%2540contoso.com")]
    [InlineData("http://x.test/john%40contoso.com/ann%40contoso.com", "http://x.test/j***%40contoso.com/a***%40contoso.com")]
    [InlineData("To: =?utf-8?q?john=40contoso.com?=", "To: =?utf-8?q?j***=40contoso.com?=")]
    [InlineData("To: =?utf-8?Q?john=2Edoe=40contoso=2Ecom?=", "To: =?utf-8?Q?j***=40contoso=2Ecom?=")]
    [InlineData("=?utf-8?Q?ann.lee=40a=2Etest_john=40b=2Etest?=", "=?utf-8?Q?a***=***=40b=2Etest?=")]
    [InlineData("=?utf-8?Q?From:john=40contoso=2Ecom?= john=40[192.0.2.1]", "=?utf-8?Q?From:j***=40contoso=2Ecom?= j***=40[192.0.2.1]")]
    [InlineData("to=20john=40contoso.com", "t***=40contoso.com")]
    [InlineData("size=40MB, limit=40, 4096=4096.5, C:\\mail\\40\\x", "size=40MB, limit=40, 4096=4096.5, C:\\mail\\40\\x")]
    [InlineData("550 <john\uFF20contoso.com> john\uFE6Bcontoso.com", "550 <j***\uFF20contoso.com> j***\uFE6Bcontoso.com")]
    [InlineData("(mail:john\\40contoso.com)", "(mail:j***\\40contoso.com)")]
    [InlineData(
        "john&#64;contoso.com john&#x40;contoso.com john&#X40;contoso.com john&commat;contoso.com",
        "j***&#64;contoso.com j***&#x40;contoso.com j***&#X40;contoso.com j***&commat;contoso.com")]
    public void All_addresses_in_a_text_are_masked(string text, string masked) => Assert.Equal(masked, Masking.Default.Text(text).ToString());

    [Theory]
    [InlineData("550 5.4.310 DNS domain contoso.com does not exist [Message=InfoDomainNonexistent] at /o=Contoso/cn=Recipients")]
    [InlineData("@ alone")]
    public void Text_without_addresses_is_returned_unchanged(string text) => Assert.Same(text, Masking.Default.Text(text).ToString());

    [Theory]
    [InlineData("a=40")]
    [InlineData("a@")]
    [InlineData("/cn=abc,")]
    [InlineData("\"@")]
    [InlineData("a=40b.")]
    [InlineData("%40")]
    public void Long_hostile_text_is_masked_in_linear_time(string part) =>
        Assert.NotEmpty(Masking.Default.Text(string.Concat(Enumerable.Repeat(part, 200_000))).ToString());

    [Fact]
    public void Local_parts_of_three_letters_or_more_are_masked() =>
        (from local in Gen.String[Gen.Char.AlphaNumeric, 3, 20]
         from before in Gen.String[Gen.Char[" <:\"?&=/;"], 0, 5]
         from sign in Gen.Int[0, Signs.Length - 1].Select(i => Signs[i])
         select (local, before, sign))
            .Sample(x => !Masking.Default.Text($"{x.before}{x.local}{x.sign}example.com> not here").ToString().Contains(x.local, StringComparison.Ordinal));

    [Theory]
    [InlineData("NAME\\@b.test", "j***\\@b.test")]
    [InlineData("rfc822;NAME+40b.test", "rfc822;j***+40b.test")]
    [InlineData("call +40 21 or size+40", "call +40 21 or size+40")]
    [InlineData("/o=Contoso/cn=Recipients/cn=NAME|relay=/o=x", "/o=Contoso/cn=Recipients/cn=j***|relay=/o=x")]
    [InlineData("550 NAME @ b.test", "550 j*** @ b.test")]
    [InlineData("550 NAME\u2028@b.test", "550 j***\u2028@b.test")]
    [InlineData("550 NAME (at) b.test", "550 j*** (at) b.test")]
    [InlineData("550 NAME[at]b.test", "550 j***[at]b.test")]
    [InlineData("550 NAME at b dot com", "550 j*** at b dot com")]
    [InlineData("550 5.1.1 User NAME unknown", "550 5.1.1 User j*** unknown")]
    [InlineData("550 5.1.1 NAME... User unknown", "550 5.1.1 j***... User unknown")]
    [InlineData("550 No such user (NAME)", "550 No such user (j***)")]
    [InlineData("550 No such user: NAME", "550 No such user: j***")]
    [InlineData("550 5.1.1 NAME: Recipient not found", "550 5.1.1 j***: Recipient not found")]
    [InlineData("550 The user 'NAME' does not exist", "550 The user 'j***' does not exist")]
    [InlineData("550 mailbox NAME unavailable", "550 mailbox j*** unavailable")]
    [InlineData("550 Mailbox <NAME> unknown", "550 Mailbox <j***> unknown")]
    [InlineData("550 NAME's mailbox is full", "550 j***'s mailbox is full")]
    [InlineData("550 CONTOSO\\NAME is disabled", "550 CONTOSO\\j*** is disabled")]
    [InlineData("not found: CN=NAME,OU=Users,DC=contoso,DC=com", "not found: CN=j***,OU=Users,DC=contoso,DC=com")]
    [InlineData("X400:c=US;a= ;p=Contoso;o=Exchange;s=NAME;g=Anna;", "X400:c=US;a= ;p=Contoso;o=Exchange;s=j***;g=A***;")]
    [InlineData("EUM:NAME;phone-context=dp.contoso.com", "EUM:j***;phone-context=dp.contoso.com")]
    [InlineData("NOTES:NAME/Org", "NOTES:j***/Org")]
    [InlineData("550 5.1.1 Anna Smith <ann@b.test> unknown", "550 5.1.1 A*** <a***@b.test> unknown")]
    [InlineData("550 \"Anna Smith\" <ann@b.test> unknown", "550 \"A***\" <a***@b.test> unknown")]
    [InlineData("550 (Anna Smith) ann@b.test unknown", "550 (A***) a***@b.test unknown")]
    [InlineData("550 ann@b.test (Anna Smith) unknown", "550 a***@b.test (A***) unknown")]
    [InlineData("550 User Anna Smith (NAME) not listed in directory", "550 User A*** (j***) not listed in directory")]
    public void Forms_in_which_servers_name_persons_are_masked(string form, string masked)
    {
        foreach (var name in (string[])["john.smith", "jsmith", "j_smith-miller", "j1234"])
            Assert.Equal(masked, Masking.Default.Status(form.Replace("NAME", name, StringComparison.Ordinal)).ToString());
        var hashed = new Masking(AddressPrivacy.Hashed, [1]);
        var once = hashed.Status(form.Replace("NAME", "john.smith", StringComparison.Ordinal), "john.smith@contoso.com").ToString();
        Assert.DoesNotContain("john.smith", once, StringComparison.Ordinal);
        // Masked once only: the hash of a hash could not be compared.
        if (form.Contains("NAME", StringComparison.Ordinal) && form != masked)
            Assert.Contains(hashed.Address("john.smith@contoso.com").ToString()[..16], once, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("550 john.smith is not here", "550 j*** is not here")]
    [InlineData("550 JOHN.SMITH? never heard of", "550 J***? never heard of")]
    [InlineData("550 we know no John Smith", "550 we know no J***")]
    [InlineData("550 Smith, John left", "550 S*** left")]
    [InlineData("550 ask ann.lee why", "550 ask a*** why")]
    [InlineData("550 host john.smith.contoso.com refused", "550 host john.smith.contoso.com refused")]
    [InlineData("550 xjohn.smith john.smithx", "550 xjohn.smith john.smithx")]
    [InlineData("550 <john.smith@contoso.com>", "550 <j***@contoso.com>")]
    public void Names_of_recipient_and_sender_are_masked(string text, string masked) =>
        Assert.Equal(masked, Masking.Default.Status(text, "John.Smith+news@contoso.com", "ann.lee@contoso.com").ToString());

    [Theory]
    [InlineData("user@contoso.com")]
    [InlineData("mailbox@contoso.com")]
    [InlineData("user.unknown@contoso.com")]
    [InlineData("ab@contoso.com")]
    [InlineData("550@contoso.com")]
    [InlineData("")]
    public void Words_of_the_rules_are_not_masked(string own)
    {
        const string Text = "550 5.1.1 user unknown; ab is no mailbox";
        Assert.Equal(Text, Masking.Default.Status(Text, own).ToString());
    }

    [Theory]
    [InlineData("451 4.7.0 mailbox server EX01.contoso.com not available, queue EX01\\Submission")]
    [InlineData("554 5.7.1 blocked using zen.spamhaus.org; see https://www.spamhaus.org/query/ip/192.0.2.1")]
    [InlineData("550 5.7.1 Unable to relay\\r\\nPlease contact your administrator")]
    [InlineData("CN=mail.contoso.com, OU=IT, O=Contoso")]
    [InlineData("dkim=fail (signature) d=contoso.com; s=selector1; t=1")]
    [InlineData("550 Requested action not taken: mailbox unavailable")]
    public void Hosts_codes_and_ordinary_words_are_not_masked(string text) => Assert.Equal(text, Masking.Default.Status(text).ToString());

    [Fact]
    public void Only_persons_are_masked_in_the_corpus()
    {
        string[] persons = ["otto"];
        var corpus = File.ReadLines(Repository.PathOf("tests/Mailflow.Analysis.Tests/Samples/diagnostics/corpus.tsv"));
        foreach (var text in corpus.Skip(1).Select(l => l.Split('\t')[3]))
        {
            var expected = Masking.Default.Text(text).ToString();
            foreach (var person in persons)
                expected = expected.Replace($"\"{person}\"", $"\"{person[0]}***\"", StringComparison.Ordinal);
            Assert.Equal(expected, Masking.Default.Status(text).ToString());
        }
    }

    [Theory]
    [InlineData("user ")]
    [InlineData("user john.smith ")]
    [InlineData("a@b (")]
    [InlineData("x at y dot ")]
    [InlineData("mailbox '")]
    [InlineData("Aa ")]
    [InlineData("s=a;g=")]
    public void Long_text_of_any_form_is_masked_in_linear_time(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 300_000 / part.Length));
        Assert.NotEmpty(Masking.Default.Status(text, "john.smith@contoso.com", "ann.lee@contoso.com").ToString());
    }

    [Fact]
    public void Hash_is_equal_for_equal_addresses_and_depends_on_the_key()
    {
        var one = new Masking(AddressPrivacy.Hashed, [1]);
        Assert.Equal(one.Address("John@contoso.com").ToString(), one.Address("john@contoso.com").ToString());
        Assert.NotEqual(one.Address("john@contoso.com").ToString(), new Masking(AddressPrivacy.Hashed, [2]).Address("john@contoso.com").ToString());
        Assert.DoesNotContain("ohn", one.Text("<john@contoso.com>").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_mode_masks_nothing() => Assert.Equal("<john@contoso.com>", new Masking(AddressPrivacy.Plain, []).Text("<john@contoso.com>").ToString());
}
