using System.Text;

namespace Mailflow.Analysis.Formats;

/// <summary>The mailbox database that a status text or a source's context names.</summary>
static class DatabaseNames
{
    const int Longest = 64;

    static ReadOnlySpan<byte> Mdb => "MDB:"u8;

    /// <summary>The name, or its GUID where only the context names it; empty where none is named.</summary>
    public static string In(string text, ReadOnlySpan<byte> context)
    {
        for (var at = Next(text, 0); at >= 0; at = Next(text, at))
            if (NameAt(text.AsSpan(at)) is { Length: > 0 } name)
                return name;
        var mdb = context.IndexOf(Mdb);
        if (mdb < 0)
            return "";
        context = context[(mdb + Mdb.Length)..].TrimStart((byte)' ');
        var end = context.IndexOfAny((byte)',', (byte)' ', (byte)';');
        context = end < 0 ? context : context[..end];
        return context.Length is > 0 and <= Longest ? Encoding.UTF8.GetString(context).ToLowerInvariant() : "";
    }

    static int Next(string text, int from) =>
        text.IndexOf("database", from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? at + "database".Length : -1;

    /// <summary>
    /// [Database=DB01], Database: DB01, database 'Mailbox Database 1', database DB01: a plain word needs a digit, since "database is" names none.
    /// </summary>
    static string NameAt(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("name", StringComparison.OrdinalIgnoreCase))
            rest = rest[4..];
        var isMarked = rest is ['=' or ':', ..];
        rest = (isMarked ? rest[1..] : rest).TrimStart(' ');
        if (rest is [('\'' or '"') and var quote, ..])
        {
            var close = rest[1..].IndexOf(quote);
            return close is > 0 and <= Longest ? rest.Slice(1, close).ToString() : "";
        }

        var end = rest.IndexOfAny(isMarked ? "];,|" : " ];,.:|");
        var name = (end < 0 ? rest : rest[..end]).Trim();
        return name.Length is > 0 and <= Longest && (isMarked || name.ContainsAnyInRange('0', '9')) ? name.ToString() : "";
    }
}
