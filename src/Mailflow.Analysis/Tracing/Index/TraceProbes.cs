using System.Text;

namespace Mailflow.Analysis.Tracing.Index;

/// <summary>The keys that the conditions of a query ask for.</summary>
static class TraceProbes
{
    /// <summary>Null where no condition has a key: subject, IP address, event, server and time are not in the index.</summary>
    public static IReadOnlyList<KeyProbe>? Of(TraceQuery query)
    {
        if (query.Messages is { } messages)
            return Whole([.. messages.SelectMany(id => new KeyProbe[] { new(TraceKey.Message(Utf8(id))), new(TraceKey.Network(Utf8(id))) })]);
        // The rarest first.
        var probe = Probe(
            TraceKey.Message(Utf8(query.MessageId)), TraceKey.Network(Utf8(query.NetworkMessageId)), KeyOf(query.Recipient), KeyOf(query.Address),
            KeyOf(query.Sender), KeyOf(query.Domain is { Length: > 0 } domain ? "@" + domain : null));
        return probe.A == 0 ? null : [probe];
    }

    /// <summary>An id without a key, such as <c>&lt;&gt;</c>, may be in any row.</summary>
    static KeyProbe[]? Whole(KeyProbe[] probes) => probes.Any(p => p.A == 0) ? null : probes;

    static KeyProbe Probe(params ReadOnlySpan<ulong> keys)
    {
        Span<ulong> given = stackalloc ulong[3];
        var count = 0;
        foreach (var key in keys)
            if (key != 0 && count < given.Length)
                given[count++] = key;
        return new(given[0], given[1], given[2]);
    }

    /// <summary>The key of a wanted address; <c>@contoso.com</c> means any address of the domain.</summary>
    static ulong KeyOf(string? wanted) =>
        wanted?.LastIndexOf('@') == 0 && TraceForm.DomainOf(wanted[1..]) is { } domain ? TraceKey.Domain(Utf8(domain)) : TraceKey.Address(Utf8(wanted));

    static ReadOnlySpan<byte> Utf8(string? text) => Encoding.UTF8.GetBytes(text ?? "");
}
