using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Mailflow.Enrich;

/// <summary>A DNS query with the CD bit set (RFC 1035 section 4.1, RFC 4035 section 3.2.2), and whether a response answers it.</summary>
static class UncheckedQuestion
{
    // id(2) flags(2) questions(2) answers(2) authorities(2) additionals(2), then the labels, a zero, type(2), class(2).
    const int Header = 12;
    const int RecursionDesired = 0x0100;
    const int CheckingDisabled = 0x0010;

    public static byte[] Write(string name, ushort type)
    {
        var question = new byte[Header + name.Length + 2 + 4];
        RandomNumberGenerator.Fill(question.AsSpan(0, 2));
        BinaryPrimitives.WriteUInt16BigEndian(question.AsSpan(2), RecursionDesired | CheckingDisabled);
        BinaryPrimitives.WriteUInt16BigEndian(question.AsSpan(4), 1);
        var at = Header;
        foreach (var label in name.Split('.'))
        {
            question[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, question.AsSpan(at));
        }

        BinaryPrimitives.WriteUInt16BigEndian(question.AsSpan(at + 1), type);
        BinaryPrimitives.WriteUInt16BigEndian(question.AsSpan(at + 3), 1);
        return question;
    }

    /// <summary>Whether a response has code 0 (no error) or 3 (no such name) and belongs to this query.</summary>
    public static bool IsAnswered(ReadOnlySpan<byte> question, ReadOnlySpan<byte> reply) =>
        reply.Length >= Header && reply[..2].SequenceEqual(question[..2]) && (reply[2] & 0x80) != 0 && (reply[3] & 15) is 0 or 3;
}
