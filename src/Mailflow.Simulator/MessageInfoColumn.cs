namespace Mailflow.Simulator;

/// <summary>
/// message-info: the time of arrival in the organisation and the time that each component has taken since,
/// <c>2026-01-05T08:00:00.500Z;SRV=EX01.contoso.test:TOTAL-HUB=1.500|SMR=0.012(SMRPI=0.008)|CAT=0.100(CATRESL=0.020)|QDE=0.400|SMSC=0.200|SMS=0.788</c>.
/// The components of a server add up to its total, the totals to the latency of the row.
/// </summary>
sealed class MessageInfoColumn(SimulatedSite site, Chance chance)
{
    public void Put(LineBuffer line, in Row row)
    {
        var start = line.Length;
        switch (row.Shape.Info)
        {
            case Info.Login:
                line.Put(row.Message.Direction == MailDirection.Incoming ? "0cA: "u8 : row.Shape.Source == Source.StoreDriver ? "04I: "u8 : "00A: NTS: "u8);
                break;
            case Info.Arrival:
                line.Time(row.Message.ArrivedAt);
                break;
            case Info.Hub:
                line.Time(row.Message.ArrivedAt);
                PutHub(line, row.Server, row.LatencyMs, external: row.Shape.Ends == Ends.ToInternet);
                break;
            case Info.Delivery:
                line.Time(row.Message.ArrivedAt);
                PutDelivery(line, row.Server, row.LatencyMs);
                break;
            case Info.None:
            default:
                break;
        }
        line.EndField(start);
    }

    /// <summary>The transport service: receive, categorise, queue, connect, send.</summary>
    void PutHub(LineBuffer line, int server, long total, bool external)
    {
        if (site.Version < ExchangeVersion.Exchange2010)
            return;
        var left = total;
        var receive = Take(ref left, 4, 60);
        var categorise = Take(ref left, 10, 200);
        var connect = Take(ref left, 5, 150);
        var send = Take(ref left, 20, 900);
        PutServer(line, server, "TOTAL-HUB="u8, total);
        PutPart(line, "|SMR="u8, receive);
        PutNested(line, "(SMRPI="u8, receive * 2 / 3);
        PutPart(line, "|CAT="u8, categorise);
        PutNested(line, "(CATRESL="u8, categorise / 3);
        PutPart(line, external ? "|QDE="u8 : "|QDM="u8, left);
        PutPart(line, "|SMSC="u8, connect);
        PutPart(line, "|SMS="u8, send);
    }

    void PutDelivery(LineBuffer line, int server, long total)
    {
        if (site.Version < ExchangeVersion.Exchange2010)
            return;
        var hub = total;
        var deliver = Take(ref hub, 15, 250);
        PutHub(line, server, hub, external: false);
        PutServer(line, server, "TOTAL-DEL="u8, deliver);
        PutPart(line, "|SMSMBXD="u8, deliver);
    }

    void PutServer(LineBuffer line, int server, ReadOnlySpan<byte> name, long milliseconds)
    {
        line.Put(";SRV="u8);
        site.PutServerFqdn(line, server);
        line.Put((byte)':');
        PutPart(line, name, milliseconds);
    }

    static void PutPart(LineBuffer line, ReadOnlySpan<byte> name, long milliseconds)
    {
        line.Put(name);
        line.Seconds(milliseconds);
    }

    static void PutNested(LineBuffer line, ReadOnlySpan<byte> name, long milliseconds)
    {
        PutPart(line, name, milliseconds);
        line.Put((byte)')');
    }

    long Take(ref long left, int least, int most)
    {
        var part = Math.Min(left / 2, chance.Between(least, most));
        left -= part;
        return part;
    }
}
