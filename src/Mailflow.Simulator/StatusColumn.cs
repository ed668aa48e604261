namespace Mailflow.Simulator;

/// <summary>
/// recipient-status: one member for each recipient, in the order of the recipients. Until 2010 a failure is the reply itself; since 2013 it is
/// wrapped: <c>[{LED=550 5.1.1 User unknown};{MSG=};{FQDN=mx};{IP=203.0.113.25};{LRT=3/4/2025 10:00:01 AM}]</c>.
/// </summary>
sealed class StatusColumn(SimulatedSite site, Chance chance)
{
    static readonly Template Nothing = new(""), DroppedByAgent = new("550 4.3.2 QUEUE.TransportAgent; message deleted by transport agent");

    /// <summary>LRT is written in the culture of the server.</summary>
    readonly bool _german = chance.Percent(25);

    public void Put(LineBuffer line, in Row row)
    {
        var start = line.Length;
        if (row.Shape.Status != Status.None)
        {
            var newerOrder = chance.Percent(site.Version == ExchangeVersion.Exchange2013 ? 30 : 92);
            for (var left = row.Recipients; !left.IsEmpty; left = left.Rest)
            {
                if (left != row.Recipients)
                    line.Put((byte)';');
                PutMember(line, row, left.First, newerOrder);
            }
        }
        line.EndField(start);
    }

    void PutMember(LineBuffer line, in Row row, int recipient, bool newerOrder)
    {
        var message = row.Message;
        switch (row.Shape.Status)
        {
            case Status.ToCc:
                line.Put(recipient switch { 0 => "To"u8, 1 or 2 => "Cc"u8, _ => "Bcc"u8 });
                break;
            case Status.Ok:
                line.Put(row.Shape.ToInternet && message.RemoteDomain % 2 == 0 ? "250 2.1.5 OK"u8 : "250 2.1.5 Recipient OK"u8);
                break;
            case Status.Failed:
                var failure = FailureTexts.All[message.Failures[recipient]];
                PutError(line, row, recipient, failure.Text, failure.Message, newerOrder);
                break;
            case Status.Deferred:
                PutError(line, row, recipient, DeferralTexts.All[message.Deferrals[recipient]].Text, Nothing, newerOrder);
                break;
            case Status.Dropped:
                PutError(line, row, recipient, DroppedByAgent, Nothing, newerOrder);
                break;
            case Status.None:
            case Status.Empty:
            default:
                break;
        }
    }

    void PutError(LineBuffer line, in Row row, int recipient, Template text, Template message, bool newerOrder)
    {
        var start = line.Length;
        if (site.Version >= ExchangeVersion.Exchange2013)
        {
            PutEnvelope(line, row, recipient, text, message, newerOrder);
            line.EndMember(start);
            return;
        }
        text.Put(line, site, row.Message, recipient);
        // The documented form of a single status, "550 4.4.7 QUEUE.Expired;<text>", is not wrapped; a member of a list must be wrapped.
        if (row.Recipients.Count > 1)
            line.EndMember(start);
    }

    void PutEnvelope(LineBuffer line, in Row row, int recipient, Template text, Template message, bool newerOrder)
    {
        if (newerOrder)
        {
            line.Put("[{LED="u8);
            text.Put(line, site, row.Message, recipient);
            line.Put("};{MSG="u8);
            message.Put(line, site, row.Message, recipient);
            line.Put("};"u8);
            PutServer(line, row);
            line.Put((byte)';');
            PutLastRetry(line, row);
        }
        else
        {
            line.Put((byte)'[');
            PutLastRetry(line, row);
            line.Put(";{LED="u8);
            text.Put(line, site, row.Message, recipient);
            line.Put("};"u8);
            PutServer(line, row);
        }
        line.Put((byte)']');
    }

    void PutServer(LineBuffer line, in Row row)
    {
        var named = row.Shape.Ends == Ends.ToInternet;
        line.Put("{FQDN="u8);
        if (named)
            site.PutRemoteHost(line, row.Message.RemoteDomain);
        line.Put("};{IP="u8);
        if (named)
            SimulatedSite.PutRemoteAddress(line, row.Message.RemoteDomain);
        line.Put((byte)'}');
    }

    void PutLastRetry(LineBuffer line, in Row row)
    {
        line.Put("{LRT="u8);
        if (row.Shape.Ends == Ends.ToInternet)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(row.At);
            if (_german)
                PutGerman(line, at);
            else
                PutAmerican(line, at);
        }
        line.Put((byte)'}');
    }

    static void PutGerman(LineBuffer line, DateTimeOffset at)
    {
        line.Padded(at.Day, 2);
        line.Put((byte)'.');
        line.Padded(at.Month, 2);
        line.Put((byte)'.');
        line.Put(at.Year);
        line.Put((byte)' ');
        PutClock(line, at);
    }

    static void PutAmerican(LineBuffer line, DateTimeOffset at)
    {
        line.Put(at.Month);
        line.Put((byte)'/');
        line.Put(at.Day);
        line.Put((byte)'/');
        line.Put(at.Year);
        line.Put((byte)' ');
        line.Put((at.Hour + 11) % 12 + 1);
        line.Put((byte)':');
        line.Padded(at.Minute, 2);
        line.Put((byte)':');
        line.Padded(at.Second, 2);
        line.Put(at.Hour < 12 ? " AM"u8 : " PM"u8);
    }

    static void PutClock(LineBuffer line, DateTimeOffset at)
    {
        line.Padded(at.Hour, 2);
        line.Put((byte)':');
        line.Padded(at.Minute, 2);
        line.Put((byte)':');
        line.Padded(at.Second, 2);
    }
}
