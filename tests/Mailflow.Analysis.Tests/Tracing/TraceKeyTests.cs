using System.Text;
using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class TraceKeyTests
{
    [Theory]
    [InlineData("<a.B@host>", "A.b@HOST")]
    [InlineData(" <<x>> ", "x")]
    [InlineData("<MÜLLER@x>", "<müller@x>")]
    public void A_message_id_has_one_key_in_any_case_with_or_without_brackets(string id, string same) => Assert.Equal(Message(id), Message(same));

    [Theory]
    [InlineData("01234567-89AB-cdef-0123-456789abcdef", "0123456789abcdef0123456789ABCDEF")]
    [InlineData("{01234567-89ab-cdef-0123-456789abcdef}", "01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData("-a-b-", "ab")]
    public void A_network_message_id_has_one_key_with_or_without_hyphens_and_braces(string id, string same) => Assert.Equal(Network(id), Network(same));

    [Theory]
    [InlineData("Bob@Contoso.COM", "bob@contoso.com")]
    [InlineData("bob@contoso.com.", "bob@contoso.com")]
    [InlineData("bob@bücher.example", "BOB@BÜCHER.example")]
    [InlineData("bob@bücher.example", "bob@XN--bcher-kva.example")]
    [InlineData("o''brien@contoso.com", "O'Brien@contoso.com")]
    [InlineData("é@contoso.com", "É@contoso.com")]
    public void An_address_has_one_key_in_all_its_forms(string address, string same)
    {
        Assert.Equal(Address(address, out var domain), Address(same, out var sameDomain));
        Assert.Equal(domain, sameDomain);
        Assert.NotEqual(0UL, domain);
    }

    [Fact]
    public void Kinds_and_texts_have_different_keys()
    {
        var text = "contoso.com"u8;
        ulong[] keys = [TraceKey.Message(text), TraceKey.Network(text), TraceKey.Address(text), TraceKey.Domain(text), Message("contoso.co"),
            Message("fabrikam.com")];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.DoesNotContain(0UL, keys);
    }

    [Fact]
    public void An_empty_text_has_no_key()
    {
        Assert.Equal(0UL, Message(""));
        Assert.Equal(0UL, Message("<>"));
        Assert.Equal(0UL, Network("{}"));
        Assert.Equal(0UL, Address("", out var domain) | domain);
        Assert.NotEqual(0UL, Address("x@", out domain));
        Assert.Equal(0UL, domain);
    }

    /// <summary>The store has these numbers: a change of the hash needs a new step of the schema that deletes the index.</summary>
    [Fact]
    public void Keys_are_the_same_in_every_version()
    {
        Assert.Equal(
            "9b5650e9dd73c8cc b6d1c23930366f20 2607992d0343c807 15c2780df023b713",
            string.Join(
                ' ', Message("m@x.example").ToString("x"), Network("01234567-89ab-cdef-0123-456789abcdef").ToString("x"),
                TraceKey.Address("a@b.example"u8).ToString("x"), TraceKey.Domain("b.example"u8).ToString("x")));
    }

    /// <summary>Texts that <see cref="StringComparison.OrdinalIgnoreCase"/> takes for equal have one upper case.</summary>
    [Fact]
    public void Every_letter_has_the_key_of_its_other_case()
    {
        for (var c = 0x21; c <= 0xFFFF; c++)
        {
            var text = "x" + (char)c + "y@contoso.com";
            if (char.IsSurrogate((char)c) || c == '\'')
                continue;
            foreach (var other in new[] { text.ToUpperInvariant(), text.ToLowerInvariant() })
                if (text.Equals(other, StringComparison.OrdinalIgnoreCase))
                    Assert.True(Address(text, out _) == Address(other, out _), $"U+{c:X4}");
            Assert.True(text.ToUpperInvariant().Equals(text, StringComparison.OrdinalIgnoreCase), $"U+{c:X4}");
        }
    }

    [Fact]
    public void A_text_of_any_length_has_one_key_in_both_cases()
    {
        for (var length = 1; length < 2500; length += length < 600 ? 1 : 37)
        {
            var text = new string('a', length) + "@b.example";
            Assert.Equal(Address(text, out _), Address(text.ToUpperInvariant(), out _));
            Assert.Equal(Message(text), length < 1000 ? Message("<" + text.ToUpperInvariant() + ">") : Message(text.ToUpperInvariant()));
        }
    }

    static ulong Message(string text) => TraceKey.Message(Encoding.UTF8.GetBytes(text));

    static ulong Network(string text) => TraceKey.Network(Encoding.UTF8.GetBytes(text));

    static ulong Address(string text, out ulong domain) => TraceKey.Address(Encoding.UTF8.GetBytes(text), out domain);
}
