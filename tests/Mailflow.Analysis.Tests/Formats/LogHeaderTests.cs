using System.Text;
using CsCheck;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.Tests.Formats;

public sealed class LogHeaderTests
{
    const string Head = "#Software: Microsoft Exchange Server\r\n#Version: 15.02.1118.040\r\n#Log-type: Message Tracking Log\r\n"
        + "#Date: 2024-01-02T03:00:00.123Z\r\n";

    [Fact]
    public void Log_header_is_read_with_its_length()
    {
        var text = Encoding.UTF8.GetBytes(Head + "#Fields: date-time,source, event-id \r\n2024-01-02T03:00:00.124Z,a,b\r\n");
        Assert.True(LogHeader.TryParse(text, out var header));
        Assert.Equal("Message Tracking Log", header.LogType);
        Assert.Equal("15.02.1118.040", header.Version);
        Assert.Equal("2024-01-02T03:00:00.123Z", header.Date);
        Assert.Equal(["date-time", "source", "event-id"], header.Fields);
        Assert.Equal(text.AsSpan().IndexOf("\n2024"u8) + 1, header.Length);
        Assert.Equal(1, header.IndexOf("SOURCE"));
        Assert.Equal(-1, header.IndexOf("server"));
    }

    [Fact]
    public void Log_header_may_have_a_byte_order_mark_and_bare_line_feeds()
    {
        var text = Encoding.UTF8.GetBytes("\uFEFF" + Head.ReplaceLineEndings("\n") + "#Fields: a,b\n");
        Assert.True(LogHeader.TryParse(text, out var header));
        Assert.Equal(text.Length, header.Length);
        Assert.Equal(["a", "b"], header.Fields);
    }

    [Fact]
    public void Log_header_is_incomplete_without_the_end_of_the_Fields_line()
    {
        var text = Encoding.UTF8.GetBytes(Head + "#Fields: date-time,source\r\n");
        for (var length = 0; length < text.Length; length++)
            Assert.False(LogHeader.TryParse(text.AsSpan(0, length), out _));
        Assert.True(LogHeader.TryParse(text, out _));
    }

    [Theory]
    [InlineData(
        "DateTime,RequestId\r\n#Software: X\r\n#Version: 15\r\n#Log-type: EWS Logs\r\n#Date: 2013-01-01T00:00:00.000Z\r\n#Fields: DateTime,RequestId\r\n",
        "EWS Logs")]
    [InlineData("\r\n\r\n#Fields: a,b\r\n", "")]
    [InlineData("#log-TYPE:   Message Tracking Log  \r\n#FIELDS: a\r\n", "Message Tracking Log")]
    public void Log_header_is_found_after_column_names_and_empty_lines(string text, string logType)
    {
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(text), out var header));
        Assert.Equal(logType, header.LogType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one\ntwo\n#Fields: a,b\n")]
    [InlineData("#Date: 2024-01-01T00:00:00.000Z\r\n2024-01-01T00:00:00.000Z,row\r\n#Fields: a,b\r\n")]
    public void Log_header_is_not_found_among_rows(string text) =>
        Assert.False(LogHeader.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Log_header_is_searched_within_a_limit() =>
        Assert.False(LogHeader.TryParse(Encoding.UTF8.GetBytes(new string('\n', LogHeader.MaxLength) + "#Fields: a\n"), out _));

    [Theory]
    [InlineData("#Log-type: Message Tracking Log\n#Fields: date-time,source,event-id\n", "tracking")]
    [InlineData("#Fields: event-id,date-time,recipient-status,source\n", "tracking")]
    [InlineData("#Log-type: Transport Connectivity Log\n#Fields: date-time,session,source,Destination,direction,description\n", "connectivity")]
    [InlineData(
        "#Log-type: SMTP Send Protocol Log\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n",
        "smtp-protocol")]
    [InlineData("#Log-type: SMTP Receive Protocol Log\n#Fields: date-time,session-id,event,data\n", null)]
    [InlineData("#Log-type: POP3 Log\n#Fields: date-time,connector-id,session-id,sequence-number,event,data,context\n", null)]
    [InlineData("#Log-type: Message Tracking Log\n#Fields: date-time,source\n", null)]
    [InlineData("#Log-type: EWS Logs\n#Fields: DateTime,RequestId\n", null)]
    [InlineData("#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method\n", null)]
    public void Log_header_decides_the_format(string text, string? format)
    {
        Assert.True(LogHeader.TryParse(Encoding.UTF8.GetBytes(text), out var header));
        Assert.Equal(format, LogFormat.Of(header)?.Name);
    }

    [Fact]
    public void Log_header_parser_never_throws() =>
        Gen.OneOf(
            Gen.Const("#Fields:"), Gen.Const("#Date:"), Gen.Const("\n"), Gen.Const("\r\n"), Gen.Const(","),
            Gen.Const("\0"), Gen.Const("\uFEFF"), Gen.String)
            .Array[0, 12].Sample(pieces => LogHeader.TryParse(Encoding.UTF8.GetBytes(string.Concat(pieces)), out var header) == header.Length > 0);
}
