using System.Buffers;
using System.Text;
using MimeKit;

namespace Mailflow.Analysis.Notices;

/// <summary>
/// Reads mails with MimeKit's reader, which tells of parts as it finds them: what is not needed is never kept, so the memory does not grow with
/// the number of parts. A mail that is cut off gives what is there.
/// </summary>
sealed class MailReading : MimeReader
{
    /// <summary>At most this many parts of a mail are kept, those of attached messages included.</summary>
    public const int MostParts = 1000;

    /// <summary>At most this many lines of a part are kept.</summary>
    public const int MostLines = 1_000_000;

    /// <summary>At most this many bytes of a mail's parts are kept. A report has its delivery status before the returned message.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    /// <summary>Parts in parts are read to this depth.</summary>
    const int Deepest = 20;

    /// <summary>A message may be encoded as a whole, and one in it again.</summary>
    const int DeepestEncoded = 3;

    const int LongestField = 64 * 1024;

    readonly int _encoded;
    readonly Stack<NoticeMail> _open = new();
    readonly ArrayBufferWriter<byte> _content = new();
    HeaderFields _header = new();
    NoticeMail? _whole;
    string _type = "";
    bool _isKept;
    int _parts;
    long _bytes;

    // Before MimeKit is used: a character set that it did not find once stays unknown.
    static MailReading() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    readonly BoundedHeaders _mail;

    MailReading(BoundedHeaders mail, int encoded)
        : base(new ParserOptions { MaxMimeDepth = Deepest }, mail, MimeFormat.Entity) => (_mail, _encoded) = (mail, encoded);

    /// <summary>The mails of a stream that can seek: one, or those of an mbox, whose first line begins with "From ".</summary>
    public static IEnumerable<NoticeMail> Read(Stream mails) => SkipToMail(mails)
        ? Mbox.Mails(mails).Select(m => One(new MemoryStream(m), 0) ?? new())
        : One(mails, 0) is { } mail ? [mail] : [];

    static NoticeMail? One(Stream mail, int encoded)
    {
        using var bounded = new BoundedHeaders(mail);
        var reading = new MailReading(bounded, encoded);
        try
        {
            reading.ReadMessage();
        }
        catch (FormatException)
        {
            // No header at all: what was read counts.
        }
        return reading._whole;
    }

    /// <summary>Skips a byte order mark and empty lines; true if an mbox follows.</summary>
    static bool SkipToMail(Stream mails)
    {
        Span<byte> head = stackalloc byte[5];
        while (true)
        {
            var start = mails.Position;
            var length = mails.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (length == 0)
                return false;
            var blank = head[..length] is [0xEF, 0xBB, 0xBF, ..] ? 3 : head[0] is (byte)'\r' or (byte)'\n' ? 1 : 0;
            mails.Position = start + blank;
            if (blank == 0)
                return head[..length].SequenceEqual("From "u8);
        }
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        (_header, _mail.IsHeader) = (new(), true);

    protected override void OnHeadersEnd(
        long beginOffset, int beginLineNumber, long endOffset, int endLineNumber, CancellationToken cancellationToken) => _mail.IsHeader = false;

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        // Decoding takes longer than reading: a field of megabytes is of no use.
        var value = header.RawValue.Length <= LongestField ? header.Value : Encoding.Latin1.GetString(header.RawValue.AsSpan(0, LongestField));
        if (HeaderFields.NameLength(header.Field + ":") > 0)
            _header.Add(header.Field, HeaderFields.Unfolded(value));
    }

    protected override void OnMimeMessageBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        var mail = new NoticeMail { Header = _header };
        if (_whole is null)
            _whole = mail;
        else if (_parts++ < MostParts && _open.TryPeek(out var outer))
            outer.Attached.Add(mail);
        _open.Push(mail);
    }

    protected override void OnMimeMessageEnd(
        long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) => _open.TryPop(out _);

    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        _content.Clear();
        _type = contentType.MimeType.ToLowerInvariant();
        _isKept = _parts++ < MostParts && (contentType.MediaType.Equals("text", StringComparison.OrdinalIgnoreCase)
            || contentType.MediaType.Equals("message", StringComparison.OrdinalIgnoreCase));
    }

    protected override void OnMimePartContentRead(byte[] content, int startIndex, int count, CancellationToken cancellationToken)
    {
        var kept = _isKept ? (int)Math.Min(count, MostBytes - _bytes) : 0;
        _bytes += kept;
        _content.Write(content.AsSpan(startIndex, kept));
    }

    protected override void OnMimePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken)
    {
        if (!_isKept || !_open.TryPeek(out var mail))
            return;
        var bytes = PartText.Decode(_header["Content-Transfer-Encoding"], _content.WrittenSpan);
        if (_type is "message/rfc822" or "message/global" or "text/rfc822-headers" && _encoded < DeepestEncoded)
            mail.Attached.Add(One(new MemoryStream(bytes), _encoded + 1) ?? new());
        else
            mail.Parts.Add(new MailPart(_type, PartText.Lines(_type, PartText.Of(bytes, contentType.Charset))));
        _content.ResetWrittenCount();
    }
}
