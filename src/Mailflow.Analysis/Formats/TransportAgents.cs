using System.Text;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>THE table of transport agents: the word in their names, and the reply that they give by default (Microsoft, "Antispam protection").</summary>
static class TransportAgents
{
    static readonly (byte[] Word, TransportAgent Agent, byte[] Reply)[] All =
    [
        .. new (string Word, TransportAgent Agent, string Reply)[]
        {
            ("Connection Filter", TransportAgent.ConnectionFiltering, "550 5.7.1 Recipient not authorized, your IP has been found on a block list"),
            ("Content Filter", TransportAgent.ContentFilter, "550 5.7.1 Message rejected as spam by Content Filtering."),
            ("Sender Filter", TransportAgent.SenderFilter, "554 5.1.0 Sender denied"),
            ("Recipient Filter", TransportAgent.RecipientFilter, "550 5.1.1 User unknown"),
            ("Sender Id", TransportAgent.SenderId, "550 5.7.1 Sender ID (PRA) Not Permitted"),
            ("Protocol Analysis", TransportAgent.ProtocolAnalysis, "550 5.7.1 Recipient not authorized, your IP has been found on a block list"),
            ("Attachment", TransportAgent.AttachmentFilter, "550 5.7.1 Message rejected due to unacceptable attachments"),
            ("Malware", TransportAgent.Malware, "550 5.7.1 Message contains a virus"),
            ("Rule", TransportAgent.TransportRule, "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"),
        }
        .Select(a => (Encoding.ASCII.GetBytes(a.Word), a.Agent, Encoding.ASCII.GetBytes(a.Reply))),
    ];

    public static TransportAgent Of(ReadOnlySpan<byte> name)
    {
        foreach (var (word, agent, _) in All)
            for (var i = 0; i + word.Length <= Math.Min(name.Length, KeptText.Name); i++)
                if (Ascii.EqualsIgnoreCase(name.Slice(i, word.Length), word))
                    return agent;
        return TransportAgent.Other;
    }

    /// <summary>Empty for an agent that is not in the table.</summary>
    public static ReadOnlySpan<byte> ReplyOf(TransportAgent agent)
    {
        foreach (var (_, known, reply) in All)
            if (known == agent)
                return reply;
        return default;
    }
}
