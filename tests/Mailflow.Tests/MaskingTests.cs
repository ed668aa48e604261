using CsCheck;

namespace Mailflow.Tests;

public sealed class MaskingTests
{
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
    public void Masks_every_address_in_a_text(string text, string masked) => Assert.Equal(masked, Masking.Masked.Text(text));

    [Fact]
    public void No_local_part_of_three_letters_or_more_survives() =>
        (from local in Gen.String[Gen.Char.AlphaNumeric, 3, 20] from before in Gen.String[Gen.Char[" <:\""], 0, 5] select (local, before))
            .Sample(x => !Masking.Masked.Text($"{x.before}{x.local}@example.com> not here").Contains(x.local, StringComparison.Ordinal));

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
