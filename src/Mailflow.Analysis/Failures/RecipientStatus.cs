using System.Text;

namespace Mailflow.Analysis.Failures;

/// <summary>The <c>recipient-status</c> field of a message tracking log, which lists one status for each recipient.</summary>
public static class RecipientStatus
{
    /// <summary>The status of each recipient, <paramref name="recipients"/> entries; empty where the field says nothing about one.</summary>
    /// <remarks>
    /// Exchange joins with <c>;</c> and wraps a status that has <c>;</c> or <c>'</c> itself into <c>'...'</c>, with <c>'</c> doubled.
    /// Exchange 2010 and earlier write the text for a single recipient bare: <c>550 4.4.7 QUEUE.Expired;message expired</c>.
    /// </remarks>
    public static IReadOnlyList<string> Split(string field, int recipients)
    {
        if (recipients <= 0)
            return [];
        if (recipients == 1)
            return [One(field)];
        var found = Members(field, recipients);
        var statuses = new string[recipients];
        // One status for several recipients is that of all of them.
        Array.Fill(statuses, found.Count == 1 ? found[0] : "");
        for (var i = 0; i < Math.Min(found.Count, recipients); i++)
            statuses[i] = found[i];
        return statuses;
    }

    static string One(string field)
    {
        var text = field.Trim();
        if (!text.StartsWith('\''))
            return text is ";" ? "" : text;
        var members = Members(text, 2);
        return members.Count == 0 ? "" : members[0];
    }

    // At most so many; what is left after the last belongs to nobody.
    static List<string> Members(string field, int most)
    {
        var members = new List<string>(Math.Min(most, 16));
        var i = 0;
        while (i <= field.Length && members.Count < most)
        {
            while (i < field.Length && field[i] == ' ')
                i++;
            if (i < field.Length && field[i] == '\'')
            {
                members.Add(Quoted(field, ref i));
            }
            else
            {
                var end = field.IndexOf(';', i);
                if (end < 0)
                    end = field.Length;
                members.Add(field[i..end].Trim());
                i = end + 1;
            }
        }
        // "a;" lists a and nothing; a field without text lists nothing at all.
        return field.AsSpan().Trim().IsEmpty ? [] : members;
    }

    // Leaves i behind the separator. A text cut off inside quotes ends where the field ends.
    static string Quoted(string field, ref int i)
    {
        var start = ++i;
        StringBuilder? text = null;
        while (true)
        {
            var quote = field.IndexOf('\'', i);
            if (quote < 0)
            {
                i = field.Length + 1;
                return Text(field.Length);
            }
            if (quote + 1 < field.Length && field[quote + 1] == '\'')
            {
                (text ??= new StringBuilder()).Append(field, start, quote + 1 - start);
                i = start = quote + 2;
                continue;
            }
            var end = field.IndexOf(';', quote);
            i = end < 0 ? field.Length + 1 : end + 1;
            return Text(quote);
        }

        string Text(int end) => text is null ? field[start..end] : text.Append(field, start, end - start).ToString();
    }
}
