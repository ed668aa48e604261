using System.Globalization;
using System.Text;

namespace Mailflow.Simulator;

/// <summary>custom-data: a list of <c>T:Key=Value</c>, in which a key may occur twice.</summary>
sealed class CustomColumn(SimulatedSite site, Chance chance)
{
    static readonly byte[][] HexBytes =
        [.. Enumerable.Range(0, 256).Select(value => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"-{value:X2}")))];

    public void Put(LineBuffer line, in Row row)
    {
        var start = line.Length;
        switch (row.Shape.Custom)
        {
            case Custom.Item:
                PutItem(line, row.Message);
                break;
            case Custom.Agent:
                PutAgent(line, row.Message);
                break;
            case Custom.Received:
                line.Put(
                    row.Shape.Ends == Ends.FromInternet
                        ? "S:FromEntity=Internet;S:ProxiedClientIPAddress="u8
                        : "S:FromEntity=Hosted;S:ProxyHop1="u8);
                SimulatedSite.PutServerAddress(line, row.Shape.Ends == Ends.FromInternet ? row.Server : row.Peer);
                line.Put(";S:MsgRecipCount="u8);
                line.Put(row.Message.RecipientCount);
                line.Put((byte)';');
                PutShort(line);
                break;
            case Custom.Hop:
                PutLatency(line, row);
                line.Put(";S:Microsoft.Exchange.Transport.MailRecipient.RequiredTlsAuthLevel=Opportunistic;S:IsSmtpResponseFromExternalServer=False;"u8);
                PutShort(line);
                break;
            case Custom.External:
                PutLatency(line, row);
                line.Put(";S:ExternalSendLatency="u8);
                line.Seconds(Math.Min(row.LatencyMs, 200 + chance.Below(700)));
                line.Put(";S:ToEntity=Internet;S:FromEntity=Hosted;S:MsgRecipCount="u8);
                line.Put(row.Message.RecipientCount);
                line.Put((byte)';');
                PutShort(line);
                break;
            case Custom.Delivered:
                PutLatency(line, row);
                line.Put(";S:MailboxDatabaseName=DB0"u8);
                line.Put((long)(row.Message.Id.Bits % 6) + 1);
                line.Put(";S:Mailboxes="u8);
                line.Guid(Chance.Mix(row.Message.Recipients[row.Recipients.First].Last), row.Message.Id.Bits);
                line.Put((byte)';');
                PutShort(line);
                break;
            case Custom.Short:
                PutShort(line);
                break;
            case Custom.None:
            default:
                break;
        }
        line.EndField(start);
    }

    static void PutLatency(LineBuffer line, in Row row)
    {
        line.Put("S:E2ELatency="u8);
        line.Seconds(row.LatencyMs);
    }

    void PutShort(LineBuffer line)
    {
        line.Put("S:DeliveryPriority=Normal;S:AccountForest="u8);
        line.Put(site.Book.Domain(0));
    }

    void PutAgent(LineBuffer line, SimulatedMessage message)
    {
        switch (chance.Below(3))
        {
            case 0:
                line.Put("S:AMA=SUM|action=p|error=|atch=0;S:AMA=EV|engine=M|v=0|sig=1.421.1022.0|name=|file=;S:CompCost=|AMA=0|ETR=0"u8);
                break;
            case 1:
                line.Put("S:TRA=ETR|ruleId="u8);
                line.Guid(Chance.Mix(message.Id.Bits % 12), Chance.Mix(message.Id.Bits % 12 + 1));
                line.Put("|st=2025-11-03T09:12:44.0000000Z|action=AddHeader|sev=1|mode=Enforce;S:CompCost=|ETR=0"u8);
                break;
            default:
                line.Put("S:SFA=SUM|SFV=NSPM|IPV=NLI|SRV=|SFS=|SCL=1|SCORE=0|DIR=INB|LANG=en;S:CompCost=|SFA=0"u8);
                break;
        }
        // The address may contain an apostrophe: then the whole member is wrapped.
        line.Put((byte)';');
        var start = line.Length;
        line.Put("S:OriginalFromAddress="u8);
        site.Book.Put(line, message.Sender);
        line.EndMember(start);
        line.Put((byte)';');
        PutShort(line);
    }

    /// <summary>S:ItemEntryId: the MAPI entry id, its bytes in hex.</summary>
    static void PutItem(LineBuffer line, SimulatedMessage message)
    {
        line.Put("S:ItemEntryId=00-00-00-00"u8);
        for (var word = 1UL; word < 8; word++)
        {
            for (var bits = Chance.Mix(message.Id.Bits + word); bits > 0; bits >>= 8)
                line.Put(HexBytes[(byte)bits]);
        }
    }
}
