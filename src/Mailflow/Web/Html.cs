using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Builds HTML. The holes of an interpolated string are always encoded; only its literal parts are markup.</summary>
sealed class Html
{
    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    readonly StringBuilder _text = new(32 * 1024);

    public Html Add([InterpolatedStringHandlerArgument("")] ref Markup markup)
    {
        _ = markup;
        return this;
    }

    public override string ToString() => _text.ToString();

    [InterpolatedStringHandler]
    internal readonly ref struct Markup
    {
        readonly StringBuilder _text;

        public Markup(int literalLength, int formattedCount, Html html)
        {
            _ = literalLength + formattedCount;
            _text = html._text;
        }

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(Masked text) => _text.Append(Encoder.Encode(Printable.Of(text.ToString())));

        public void AppendFormatted(Masked? text) => AppendFormatted(text ?? default);

        /// <summary>For constant words. They contain no address, so masking changes nothing; it would hide one that was passed here by mistake.</summary>
        public void AppendFormatted(string? words) => AppendFormatted(Masking.Default.Text(words ?? ""));

        public void AppendFormatted(Raw markup) => _text.Append(markup.ToString());

        public void AppendFormatted(long number) => _text.Append(Say.Number(number));

        /// <summary>For coordinates.</summary>
        public void AppendFormatted(double number) => _text.Append(number.ToString("0.##", CultureInfo.InvariantCulture));
    }
}
