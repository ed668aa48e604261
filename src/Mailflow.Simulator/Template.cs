using System.Text;

namespace Mailflow.Simulator;

/// <summary>A text with placeholders, such as <c>550 5.1.1 &lt;{rcpt}&gt;: User unknown</c>, parsed once.</summary>
sealed class Template
{
    enum Place
    {
        Nothing,
        Recipient,
        RecipientDomain,
        OwnDomain,
        Host,
        HostAddress,
        OurAddress,
        Id,
    }

    readonly (byte[] Before, Place Place)[] _parts;

    public Template(string text)
    {
        var parts = new List<(byte[], Place)>();
        while (text.Length > 0)
        {
            var open = text.IndexOf('{', StringComparison.Ordinal);
            var close = text.IndexOf('}', StringComparison.Ordinal);
            if (open < 0)
            {
                parts.Add((Encoding.UTF8.GetBytes(text), Place.Nothing));
                break;
            }
            parts.Add((Encoding.UTF8.GetBytes(text[..open]), Named(text[(open + 1)..close])));
            text = text[(close + 1)..];
        }
        _parts = [.. parts];
    }

    /// <summary>Whether the fixed text contains this.</summary>
    public bool Has(string words) => _parts.Any(part => Encoding.UTF8.GetString(part.Before).Contains(words, StringComparison.Ordinal));

    public void Put(LineBuffer line, SimulatedSite site, SimulatedMessage message, int recipient)
    {
        foreach (var (before, place) in _parts)
        {
            line.Put(before);
            switch (place)
            {
                case Place.Recipient:
                    site.Book.Put(line, message.Recipients[recipient]);
                    break;
                case Place.RecipientDomain:
                    line.Put(site.Book.Domain(message.Recipients[recipient].Domain));
                    break;
                case Place.OwnDomain:
                    line.Put(site.Book.Domain(0));
                    break;
                case Place.Host:
                    site.PutRemoteHost(line, message.RemoteDomain);
                    break;
                case Place.HostAddress:
                    SimulatedSite.PutRemoteAddress(line, message.RemoteDomain);
                    break;
                case Place.OurAddress:
                    line.Put(SimulatedSite.EgressAddress);
                    break;
                case Place.Id:
                    line.Hex(message.Id.MoreBits, 8);
                    break;
                case Place.Nothing:
                default:
                    break;
            }
        }
    }

    static Place Named(string name) => name switch
    {
        "rcpt" => Place.Recipient,
        "domain" => Place.RecipientDomain,
        "own" => Place.OwnDomain,
        "host" => Place.Host,
        "ip" => Place.HostAddress,
        "our-ip" => Place.OurAddress,
        "id" => Place.Id,
        _ => throw new ArgumentException($"Unknown place {{{name}}} in a text of the simulator.", nameof(name)),
    };
}
