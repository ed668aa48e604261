using CsCheck;

namespace Mailflow.Tests;

public sealed class MaskingTests
{
    static readonly string[] Signs = ["@", "\uFF20", "\uFE6B", "%40", "%2540", "=40", "\\40", "&#64;", "&#x40;"];

    [Theory]
    [InlineData("john.smith@contoso.com", "j***@contoso.com")]
    [InlineData("jo@contoso.com", "***@contoso.com")]
    [InlineData("<>", "<>")]
    [InlineData("", "")]
    [InlineData("IMCEAEX-_o=x@contoso.test", "I***@contoso.test")]
    [InlineData("no-at-sign", "n***")]
    [InlineData("\U0001F600abc@contoso.com", "\U0001F600***@contoso.com")]
    public void Masks_an_address(string address, string masked) => Assert.Equal(masked, Masking.Masked.Address(address));

    [Theory]
    [InlineData("550 5.1.1 <john.smith@contoso.com>: unknown; ask postmaster@contoso.com", "550 5.1.1 <j***@contoso.com>: unknown; ask p***@contoso.com")]
    [InlineData("a@b@c", "***@***@c")]
    [InlineData("@ alone", "@ alone")]
    [InlineData("550 5.1.1 <\"john doe\"@b.test> unknown", "550 5.1.1 <\"***@b.test> unknown")]
    [InlineData("not found: /o=Contoso/ou=First/cn=Recipients/cn=jsmith; gone", "not found: /o=Contoso/ou=First/cn=Recipients/cn=j***; gone")]
    [InlineData("user unknown", "user unknown")]
    [InlineData("550 <हिन्दी@contoso.com> unknown", "550 <ह***@contoso.com> unknown")]
    [InlineData("550 <\U0001F600\U0001F600@contoso.com> unknown", "550 <\U0001F600***@contoso.com> unknown")]
    [InlineData("see http://www.openspf.org/Why?s=mfrom&id=john.doe%40contoso.com&ip=192.0.2.1", "see http://www.openspf.org/Why?s=mfrom&id=j***%40contoso.com&ip=192.0.2.1")]
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
    [InlineData("john&#64;contoso.com john&#x40;contoso.com john&#X40;contoso.com john&commat;contoso.com", "j***&#64;contoso.com j***&#x40;contoso.com j***&#X40;contoso.com j***&commat;contoso.com")]
    public void Masks_every_address_in_a_text(string text, string masked) => Assert.Equal(masked, Masking.Masked.Text(text));

    [Theory]
    [InlineData("550 5.4.310 DNS domain contoso.com does not exist [Message=InfoDomainNonexistent] at /o=Contoso/cn=Recipients")]
    [InlineData("@ alone")]
    public void Where_nothing_is_to_mask_the_text_itself_comes_back(string text) => Assert.Same(text, Masking.Masked.Text(text));

    [Theory]
    [InlineData("a=40")]
    [InlineData("a@")]
    [InlineData("/cn=abc,")]
    [InlineData("\"@")]
    [InlineData("a=40b.")]
    [InlineData("%40")]
    public void A_long_text_of_a_stranger_is_masked_in_time(string part) =>
        Assert.NotEmpty(Masking.Masked.Text(string.Concat(Enumerable.Repeat(part, 200_000))));

    [Fact]
    public void No_local_part_of_three_letters_or_more_survives() =>
        (from local in Gen.String[Gen.Char.AlphaNumeric, 3, 20] from before in Gen.String[Gen.Char[" <:\"?&=/;"], 0, 5] from sign in Gen.Int[0, Signs.Length - 1].Select(i => Signs[i]) select (local, before, sign))
            .Sample(x => !Masking.Masked.Text($"{x.before}{x.local}{x.sign}example.com> not here").Contains(x.local, StringComparison.Ordinal));

    [Fact]
    public void A_hash_keeps_equal_addresses_equal_and_depends_on_the_key()
    {
        var one = new Masking(AddressPrivacy.Hashed, [1]);
        Assert.Equal(one.Address("John@contoso.com"), one.Address("john@contoso.com"));
        Assert.NotEqual(one.Address("john@contoso.com"), new Masking(AddressPrivacy.Hashed, [2]).Address("john@contoso.com"));
        Assert.DoesNotContain("ohn", one.Text("<john@contoso.com>"), StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_changes_nothing() => Assert.Equal("<john@contoso.com>", new Masking(AddressPrivacy.Plain, []).Text("<john@contoso.com>"));
}
