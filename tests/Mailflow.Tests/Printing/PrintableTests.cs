using System.Text;
using System.Text.Json;
using Mailflow.Printing;

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
    public void Control_characters_are_escaped(string text, string expected) => Assert.Equal(expected, Printable.Of(text));

    [Theory]
    [InlineData("Grüße, 日本 'x' <b> + &", "\"Grüße, 日本 'x' <b> + &\"")]
    [InlineData("a\u202eb\u2069\u200e\u061c\n\"", "\"a\\u202eb\\u2069\\u200e\\u061c\\n\\\"\"")]
    public void Bidirectional_characters_are_escaped_in_JSON(string text, string json)
    {
        foreach (var utf8 in new[] { false, true })
        {
            using var bytes = new MemoryStream();
            using (var writer = new Utf8JsonWriter(bytes, new() { Encoder = ReadableJson.Encoder }))
            {
                if (utf8)
                    writer.WriteStringValue(Encoding.UTF8.GetBytes(text));
                else
                    writer.WriteStringValue(text);
            }

            Assert.Equal(json, Encoding.UTF8.GetString(bytes.ToArray()), ignoreCase: true);
            Assert.Equal(text, JsonDocument.Parse(bytes.ToArray()).RootElement.GetString());
        }
    }
}
