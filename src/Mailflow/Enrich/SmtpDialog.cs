using System.Globalization;
using System.Text;

namespace Mailflow.Enrich;

/// <summary>Sends commands to a mail server and reads its replies. The size of lines and replies is limited, whatever the server sends.</summary>
sealed class SmtpDialog(Stream stream)
{
    const int MaxLine = 2048;
    const int MaxLines = 100;

    readonly byte[] _buffer = new byte[4096];
    int _from;
    int _to;

    public async Task<SmtpReply> AskAsync(string command, CancellationToken stop)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), stop);
        await stream.FlushAsync(stop);
        return await ReadAsync(stop);
    }

    /// <summary>Reads a reply of one or more lines; code 0 where it is not valid.</summary>
    public async Task<SmtpReply> ReadAsync(CancellationToken stop)
    {
        var lines = new List<string>();
        while (lines.Count < MaxLines && await LineAsync(stop) is { } line)
        {
            if (line.Length < 3
                || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                || code is < 200 or > 599
                || (line.Length > 3 && line[3] is not ('-' or ' ')))
                return new(0, [Show(line)]);
            lines.Add(line.Length > 4 ? Show(line[4..]) : "");
            if (line.Length == 3 || line[3] == ' ')
                return new(code, lines);
        }

        return new(0, lines);
    }

    async Task<string?> LineAsync(CancellationToken stop)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_from == _to)
            {
                (_from, _to) = (0, await stream.ReadAsync(_buffer, stop));
                if (_to == 0)
                    return null;
            }

            var end = Array.IndexOf(_buffer, (byte)'\n', _from, _to - _from);
            var part = end < 0 ? _to - _from : end - _from;
            line.Append(Encoding.Latin1.GetString(_buffer, _from, part));
            if (line.Length > MaxLine)
                return null;
            _from += end < 0 ? part : part + 1;
            if (end >= 0)
                return line.ToString().TrimEnd('\r');
        }
    }

    static string Show(string text) => string.Concat(text.Take(200).Select(c => c is < ' ' or > '~' ? '?' : c));
}
