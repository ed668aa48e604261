using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>Why a TLS negotiation failed, as the protocol log says.</summary>
/// <param name="Name">Its name in metrics.</param>
/// <param name="Words">Its names in logs: those of Windows' security statuses (SEC_E_..., winerror.h) in the spelling of .NET.</param>
/// <param name="Codes">Their numbers, as unsigned numbers.</param>
/// <param name="Side">Which side must act.</param>
/// <param name="Says">What it means.</param>
/// <param name="Check">What to do.</param>
public sealed record TlsError(string Name, IReadOnlyList<string> Words, IReadOnlyList<uint> Codes, Fault Side, string Says, string Check);

/// <summary>THE table of TLS errors: <c>TLS negotiation failed with error UnknownCredentials</c> in the send and receive protocol logs.</summary>
/// <remarks>Microsoft KB 4051498 (UnknownCredentials); "TLS negotiation failed with error NoCredentials error" (learn.microsoft.com).</remarks>
public static class TlsErrors
{
    const string OwnCertificate =
        "Check with Get-ExchangeCertificate that the certificate that the connector names (TlsCertificateName) exists on this server, has a private key that "
        + "Network Service may read, and is enabled for SMTP.";

    const string RemoteCertificate =
        "Tell the postmaster of the remote server. If the connector validates certificates (TlsAuthLevel), check that it needs to, and that this server "
        + "trusts the root.";

    public static IReadOnlyList<TlsError> All { get; } =
    [
        new("other", [], [], Fault.Unknown, "Another error.", "Look up the error that the protocol log names."),
        new("none", [], [], Fault.Unknown, "The log names no error.", "Look at the rows of the session in the protocol log."),
        new("unknown-credentials", ["UnknownCredentials"], [0x8009030D], Fault.Ours,
            "Our certificate cannot be used: it is not enabled for SMTP, or its private key is missing or may not be read.", OwnCertificate),
        new("no-credentials", ["NoCredentials"], [0x8009030E], Fault.Ours,
            "Our certificate was not found, or has no private key.", OwnCertificate),
        new("certificate-expired", ["CertExpired", "CertificateExpired"], [0x80090328, 0x800B0101], Fault.Theirs,
            "The certificate of the remote side has expired.", RemoteCertificate),
        new("wrong-name", ["WrongPrincipal", "CertificateHostNameMismatch"], [0x80090322, 0x800B010F], Fault.Theirs,
            "The certificate of the remote side has another name.", RemoteCertificate),
        new("untrusted-root", ["UntrustedRoot", "CertUntrustedRoot", "PartialChain"], [0x80090325, 0x800B0109], Fault.Theirs,
            "This server does not trust the issuer of the remote side's certificate.", RemoteCertificate),
        new("certificate-rejected",
            ["CertUnknown", "CertificateUnknown", "CertWrongUsage", "CertificateRevoked", "Revoked", "IssuingCAUntrusted", "CertAuthority"],
            [0x80090327, 0x80090349, 0x80092010, 0x800B010C, 0x80090352], Fault.Theirs,
            "The certificate of the remote side was not accepted: unknown, revoked, or made for another use.", RemoteCertificate),
        new("no-common-algorithm", ["AlgorithmMismatch", "UnsupportedProtocol", "Unsupported", "UnsupportedFunction"], [0x80090331, 0x80090302], Fault.Unknown,
            "Both sides have no TLS version or cipher in common.",
            "Compare the TLS versions and ciphers that are enabled on both servers. Exchange Online needs TLS 1.2 or later."),
        new("illegal-message", ["IllegalMessage", "MessageAltered", "DecryptFailure", "InvalidToken", "IncompleteMessage", "OutOfSequence"],
            [0x80090326, 0x8009030F, 0x80090330, 0x80090308, 0x80090318, 0x80090310], Fault.Unknown,
            "What arrived is not a valid handshake: the remote side ended it with an alert, or a device in between changes the connection.",
            "Check that no firewall or proxy inspects SMTP between the servers; then compare the TLS versions and ciphers of both."),
        new("socket-error", ["SocketError", "ContextExpired", "NetworkError", "ConnectionReset"], [0x80090317], Fault.Unknown,
            "The connection was lost during the handshake: the remote side or a device in between closed it.",
            "Check that no firewall or proxy inspects SMTP between the servers; then look at the log of the remote side."),
        new("timed-out", ["TimedOut", "Timeout"], [], Fault.Unknown,
            "The remote side did not answer during the handshake.", "Check the network between the servers, and whether a firewall inspects SMTP."),
        new("internal-error", ["InternalError", "OutOfMemory", "InsufficientMemory", "PackageNotFound", "SecurityPackageNotFound", "NoImpersonation",
            "InvalidHandle", "NoAuthenticatingAuthority", "CannotInstall", "NotOwner"],
            [0x80090304, 0x80090300, 0x80090305, 0x8009030B, 0x80090301, 0x80090311], Fault.Ours,
            "The TLS provider of this server (Schannel) failed.", "Look at the Schannel events in the System log of this server."),
    ];

    const int Other = 0, None = 1;

    /// <summary>Longer than any name.</summary>
    const int Longest = 64;

    static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    static ReadOnlySpan<byte> Failed => "TLS negotiation failed"u8;

    static ReadOnlySpan<byte> WithError => "with error "u8;

    /// <summary>The index of the error in a text of the log; -1 where it says nothing of a failed negotiation.</summary>
    public static int IndexIn(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(Failed))
            return -1;
        var at = text.IndexOf(WithError);
        if (at < 0)
            return None;
        var name = text[(at + WithError.Length)..].TrimStart((byte)' ');
        var end = name.IndexOfAnyExcept(NameBytes);
        name = end < 0 ? name : name[..end];
        return name.IsEmpty ? None : name.Length > Longest ? Other : IndexOf(name);
    }

    /// <summary>A name, or a number as Windows writes it: 0x8009030D or -2146893043.</summary>
    static int IndexOf(ReadOnlySpan<byte> name)
    {
        var number = Number(name);
        var word = Encoding.ASCII.GetString(name);
        for (var i = None + 1; i < All.Count; i++)
            if (All[i].Words.Contains(word, StringComparer.OrdinalIgnoreCase) || (number is { } code && All[i].Codes.Contains(code)))
                return i;
        return Other;
    }

    static uint? Number(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("0x"u8) || text.StartsWith("0X"u8))
            return Utf8Parser.TryParse(text[2..], out uint hex, out var used, 'x') && used == text.Length - 2 ? hex : null;
        return Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length && number is >= int.MinValue and <= uint.MaxValue
            ? (uint)number
            : null;
    }
}
