using System.Buffers;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Notices;

/// <summary>
/// The body of an NDR that Exchange wrote. What is judged is its section for administrators; the sentences before it are for people:
/// <code>
/// Diagnostic information for administrators:
/// Generating server: EX01.contoso.com
/// bob@fabrikam.example
/// mx.fabrikam.example
/// Remote server returned '550 5.1.1 ...'
/// Original message headers:
/// </code>
/// Exchange Online writes "Error Details" with "Error:" or "Reported error:".
/// </summary>
static class ExchangeNotice
{
    static readonly string[] Headings =
    [
        "Diagnostic information for administrators", "Diagnoseinformationen für Administratoren", "Diagnoseinformation für Administratoren",
        "Informations de diagnostic pour les administrateurs", "Información de diagnóstico para los administradores",
        "Información de diagnóstico para administradores",
        "Informazioni di diagnostica per gli amministratori", "Diagnostische gegevens voor beheerders", "Diagnostische informatie voor beheerders",
        "Informações de diagnóstico para administradores", "Informacje diagnostyczne dla administratorów",
    ];

    static readonly string[] Ends =
    [
        "Original message headers", "Ursprüngliche Nachrichtenkopfzeilen", "Ursprüngliche Nachrichtenköpfe", "En-têtes de message d'origine",
        "En-têtes du message d'origine",
        "Encabezados de mensajes originales", "Encabezados del mensaje original", "Intestazioni originali del messaggio", "Oorspronkelijke berichtkoppen",
        "Cabeçalhos de mensagem originais", "Received: ", "Received from ",
    ];

    static readonly SearchValues<char> NotInAddress = SearchValues.Create(" \t:;,'");

    static readonly string[] Errors = ["Reported error", "Error", "Remote server returned", "Status code"];

    /// <summary>The statuses; null if the lines have no such section.</summary>
    public static IReadOnlyList<StatusNotice>? Read(IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
            if (Headings.Any(h => lines[i].AsSpan().TrimStart("-* #>").StartsWith(h, StringComparison.OrdinalIgnoreCase)))
                return Section(lines, i + 1);
        return Online(lines);
    }

    static List<StatusNotice>? Section(IReadOnlyList<string> lines, int at)
    {
        var notices = new List<StatusNotice>();
        var said = new List<string>();
        string? recipient = null;
        string? server = null;
        for (; at <= lines.Count; at++)
        {
            var line = at < lines.Count ? lines[at].Trim().TrimStart('>').Trim() : "";
            var ends = at == lines.Count || Ends.Any(e => line.StartsWith(e, StringComparison.OrdinalIgnoreCase));
            if (ends || IsAddress(line))
            {
                Add();
                (recipient, said) = (line, []);
            }
            else if (recipient is null && line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
                && ReplyDomain(line[(colon + 1)..].Trim()) is { } name)
            {
                server ??= name;
            }
            else if (line.Length > 0)
            {
                said.Add(line);
            }
            if (ends)
                break;
        }
        return notices.Count == 0 ? null : notices;

        void Add()
        {
            // A line that is only a name is the server that refused.
            var remote = recipient is not null && said.Count > 1 ? ReplyDomain(said[0]) : null;
            var text = string.Join(' ', remote is null ? said : said.Skip(1));
            if (text.Length == 0)
                return;
            var facts = new List<Fact>();
            facts.Add("recipient", recipient?.Trim('<', '>'), "The recipient that the report is about.");
            facts.Add("reporting_server", server, "The server that wrote the report.");
            facts.Add("remote_server", remote, "The server that gave the reply.");
            notices.Add(StatusNotice.Of(
                text, facts, HumanPart.ActionOf(lines), new("bounce", recipient?.Trim('<', '>'), Diagnostic: text, RemoteMta: remote, ReportingMta: server)));
        }
    }

    // "Error: 550 5.1.10 ..." in one line, or its value in the next one.
    static IReadOnlyList<StatusNotice>? Online(IReadOnlyList<string> lines)
    {
        if (!lines.Any(l => Heading(l, "Error Details") || Heading(l, "Original Message Details") || Heading(l, "More Info for Email Admins")))
            return null;
        foreach (var name in Errors)
            if (Value(lines, name) is { } text && Codes.Read(text, 0, text.Length) is not (0, null, _))
            {
                var facts = new List<Fact>();
                facts.Add("recipient", Value(lines, "Recipient Address"), "The recipient that the report is about.");
                facts.Add("sender", Value(lines, "Sender Address"), "The sender of the message.");
                facts.Add("message_id", Value(lines, "Message ID"), "The Message-ID of the message.");
                facts.Add("remote_server", Value(lines, "Remote server") ?? Value(lines, "Message rejected by"), "The server that gave the reply.");
                facts.Add("reporting_server", Value(lines, "DSN generated by") ?? Value(lines, "Generated by"), "The server that wrote the report.");
                return
                [
                    StatusNotice.Of(text, facts, HumanPart.ActionOf(lines), new(
                        "bounce", facts.Value("recipient"), Diagnostic: text, RemoteMta: facts.Value("remote_server"),
                        ReportingMta: facts.Value("reporting_server"))),
                ];
            }
        return null;
    }

    static bool Heading(string line, string heading) => line.AsSpan().Trim(" \t*#>:").Equals(heading, StringComparison.OrdinalIgnoreCase);

    static string? Value(IReadOnlyList<string> lines, string name)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].AsSpan().Trim(" \t*>|");
            if (!line.StartsWith(name, StringComparison.OrdinalIgnoreCase) || !line[name.Length..].TrimStart(" \t*|").StartsWith(":"))
                continue;
            var value = line[(line.IndexOf(':') + 1)..].Trim(" \t*|");
            for (var next = i + 1; value.IsEmpty && next < Math.Min(i + 3, lines.Count); next++)
                value = lines[next].AsSpan().Trim(" \t*>|");
            return value.IsEmpty ? null : value.ToString();
        }
        return null;
    }

    static bool IsAddress(string line)
    {
        var address = line.AsSpan().Trim("<>");
        var at = address.LastIndexOf('@');
        return at > 0 && at < address.Length - 1 && address.Length <= 1024 && !address.ContainsAny(NotInAddress) && ReplyDomain(address[(at + 1)..].ToString())
            is not null;
    }

    static string? ReplyDomain(string word) => Failures.Facts.ReplyWords.IsDomain(word) ? word : null;
}
