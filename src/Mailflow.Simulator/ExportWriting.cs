using System.Globalization;
using System.Security;
using System.Text;
using Mailflow.Analysis.Exports;

namespace Mailflow.Simulator;

/// <summary>
/// The exports of the simulated server, consistent with its tracking logs: event 2004 for each failed message that SMTP rejected, and sometimes
/// for one without a row; and a snapshot of the queues, with the messages that were deferred and are not delivered yet.
/// </summary>
sealed class ExportWriting(SimulationOptions options, SimulatedSite site)
{
    /// <summary>One rejection in this many is reported only by an event.</summary>
    const int OneLoneIn = 25;

    /// <summary>Files that a live simulation keeps: the export task deletes its old files too.</summary>
    const int FilesKept = 400;

    /// <summary>Messages in queues that are remembered.</summary>
    const int MostWaiting = 100_000;

    readonly LineBuffer _line = new();
    readonly List<WindowsEvent> _fresh = [];
    readonly Dictionary<long, (string Domain, string Error)> _waiting = [];
    readonly SortedDictionary<string, long> _queues = new(StringComparer.Ordinal);
    readonly Queue<string> _written = [];
    long _record;
    long _files;

    /// <summary>Events by id.</summary>
    public SortedDictionary<string, long> Events { get; } = new(StringComparer.Ordinal);

    /// <summary>Failures that only an event reports.</summary>
    public long LoneRefusals { get; private set; }

    /// <summary>Messages of the last snapshot by next hop.</summary>
    public SortedDictionary<string, long> Queues => _queues;

    public void Add(in Row row)
    {
        if (row.Shape is { Event: EventId.Fail, Source: Source.Smtp })
        {
            _waiting.Remove(row.Message.InternalId);
            var recipient = row.Recipients.First;
            Refuse(row.At, MessageIdOf(row.Message), TextOf(FailureTexts.All[row.Message.Failures[recipient]].Text, row.Message, recipient));
            if (_record % OneLoneIn == 0)
            {
                Refuse(
                    row.At,
                    string.Create(CultureInfo.InvariantCulture, $"<lone-{_record}@{options.Domain}>"),
                    "550 5.1.1 <gone@fabrikam.example>: Recipient address rejected: User unknown");
                LoneRefusals++;
            }
        }
        else if (row.Shape is { Event: EventId.Defer, Source: Source.Smtp or Source.Dns } && _waiting.Count < MostWaiting)
        {
            var text = DeferralTexts.All[row.Message.Deferrals[row.Recipients.First]].Text;
            _waiting[row.Message.InternalId] = (site.Book.DomainName(row.Message.RemoteDomain), TextOf(text, row.Message, row.Recipients.First));
        }
        else if (row.Shape.Event is EventId.SendExternal or EventId.Fail || row.Shape.ToInternet)
        {
            _waiting.Remove(row.Message.InternalId);
        }
    }

    /// <summary>
    /// Writes new events as XML, and the queues. If everything is written at once, it also writes .evtx, so that each event is exported twice.
    /// </summary>
    public void Write(DateTimeOffset at, bool twice)
    {
        _files++;
        var stamp = string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyyMMdd'T'HHmmss}Z-{_files}");
        if (_fresh.Count > 0)
        {
            Save($"{options.Server}.events.{stamp}.xml", at, file => Xml(file, _fresh));
            if (twice)
                Save($"{options.Server}.events.{stamp}.evtx", at, file => Evtx(file, _fresh));
            _fresh.Clear();
        }

        _queues.Clear();
        foreach (var domain in _waiting.Values.GroupBy(w => w.Domain, StringComparer.Ordinal))
            _queues[domain.Key] = domain.LongCount();
        Save($"{options.Server}.queues.{stamp}.csv", at, Csv);
    }

    void Refuse(long at, string messageId, string response)
    {
        _fresh.Add(new(
            "MSExchangeTransport", 2004, 16388, 4, DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime, ++_record,
            $"{options.Server}.{options.Domain}", "Application", ["Internet Send", messageId, response], null));
        Events["2004"] = Events.GetValueOrDefault("2004") + 1;
    }

    /// <summary>Writes under a temporary name first, as the export task does.</summary>
    void Save(string name, DateTimeOffset at, Action<Stream> write)
    {
        var path = Path.Combine(options.Folder, name);
        using (var file = File.Create(path + ".tmp"))
            write(file);
        File.SetLastWriteTimeUtc(path + ".tmp", at.UtcDateTime);
        File.Move(path + ".tmp", path, overwrite: true);
        _written.Enqueue(path);
        if (_written.Count > FilesKept)
            File.Delete(_written.Dequeue());
    }

    static void Xml(Stream file, List<WindowsEvent> events)
    {
        using var writer = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true);
        writer.WriteLine("<Events>");
        foreach (var one in events)
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{one.Provider}'/>"
                + $"<EventID Qualifiers='{one.Qualifiers}'>{one.Id}</EventID><Version>0</Version><Level>{one.Level}</Level><Task>2</Task>"
                + $"<Opcode>0</Opcode><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='{one.TimeUtc:yyyy-MM-dd'T'HH:mm:ss.fffffff}Z'/>"
                + $"<EventRecordID>{one.RecordId}</EventRecordID><Correlation/><Execution ProcessID='0' ThreadID='0'/>"
                + $"<Channel>{one.Channel}</Channel><Computer>{one.Computer}</Computer><Security/></System>"
                + $"<EventData>{string.Concat(one.Strings.Select(s => $"<Data>{SecurityElement.Escape(s)}</Data>"))}</EventData></Event>"));
        writer.WriteLine("</Events>");
    }

    /// <summary>Record numbers start again in each .evtx file, but those of the export task continue, so this is only for a single file.</summary>
    static void Evtx(Stream file, List<WindowsEvent> events)
    {
        using var writer = new EvtxWriter(file);
        foreach (var one in events)
            writer.Add(one);
    }

    void Csv(Stream file)
    {
        using var writer = new StreamWriter(file, new UTF8Encoding(true), leaveOpen: true);
        writer.WriteLine("#TYPE Microsoft.Exchange.Data.QueueDigest.ExtensibleQueueInfo");
        writer.WriteLine(
            "\"Identity\",\"DeliveryType\",\"NextHopDomain\",\"Status\",\"MessageCount\",\"LastError\",\"RetryCount\",\"DeferredMessageCount\","
            + "\"LockedMessageCount\",\"MessageCountsPerPriority\"");
        Row("Submission", "Undefined", "Submission", "Ready", 0, "", 0);
        var number = 3;
        foreach (var domain in _waiting.Values.GroupBy(w => w.Domain, StringComparer.Ordinal).OrderBy(d => d.Key, StringComparer.Ordinal))
            Row($"{number++}", "DnsConnectorDelivery", domain.Key, "Retry", domain.LongCount(), domain.First().Error, 1 + (number % 9));
        Row($"Shadow\\{number}", "ShadowRedundancy", $"ex02.{options.Domain}", "Ready", 12, "", 0);

        void Row(string identity, string type, string hop, string status, long messages, string error, int retries) =>
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\"{options.Server}\\{identity}\",\"{type}\",\"{hop}\",\"{status}\",\"{messages}\","
                + $"\"{error.Replace("\"", "\"\"", StringComparison.Ordinal)}\",\"{retries}\",\"0\",\"0\",\"System.Int32[]\""));
    }

    string MessageIdOf(SimulatedMessage message)
    {
        site.PutMessageId(_line, message.Id);
        return Taken();
    }

    string TextOf(Template text, SimulatedMessage message, int recipient)
    {
        text.Put(_line, site, message, recipient);
        return Taken();
    }

    string Taken()
    {
        var text = Encoding.UTF8.GetString(_line.Pending.Span);
        _line.Discard(_line.Length);
        return text;
    }
}
