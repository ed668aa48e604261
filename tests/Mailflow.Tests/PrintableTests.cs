namespace Mailflow.Tests;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("550 5.1.1 User unknown", "550 5.1.1 User unknown")]
    [InlineData("Grüße, 日本 🚀 €", "Grüße, 日本 🚀 €")]
    [InlineData("a\u001b[2Jb", @"a\x1b[2Jb")]
    [InlineData("\a\0\t\r\n\u007f", @"\x07\x00\x09\x0d\x0a\x7f")]
    [InlineData("\u009b31m\u0085", @"\x9b31m\x85")]
    [InlineData("\u2028\u2029", @"\u2028\u2029")]
    [InlineData("a\u202egpj.exe\u202c\u2066x\u2069\u200f", @"a\u202egpj.exe\u202c\u2066x\u2069\u200f")]
    public void What_a_terminal_would_obey_is_written_out(string text, string expected) => Assert.Equal(expected, Printable.Of(text));
}
