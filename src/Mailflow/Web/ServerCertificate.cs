using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mailflow.Configuration;
using Mailflow.Logging;

namespace Mailflow.Web;

/// <summary>
/// The certificate of the page. Its files are looked at with a new connection, at most once a second; by content, since tools replace links to them
/// and keep times. Where the new ones cannot be used, the last good certificate stays.
/// </summary>
sealed class ServerCertificate
{
    const int MostBytes = 1 << 20;
    static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    readonly CertificateFiles _files;
    readonly TimeProvider _clock;
    readonly ILogger _log;
    readonly Lock _lock = new();
    SslStreamCertificateContext _current;
    string _seen;
    string? _fault;
    long _looked;

    /// <exception cref="IOException">The certificate cannot be used; the message says what was expected and found.</exception>
    public ServerCertificate(CertificateFiles files, TimeProvider clock, ILogger log)
    {
        (_files, _clock, _log, _looked) = (files, clock, log, clock.GetTimestamp());
        // In this order: a file that changes between the two is read again.
        _seen = Contents(files);
        _current = Load(files, clock.GetUtcNow());
        Tell();
    }

    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock)
            {
                if (_clock.GetElapsedTime(_looked) >= Often)
                    Look();
                return _current;
            }
        }
    }

    void Look()
    {
        _looked = _clock.GetTimestamp();
        try
        {
            var contents = Contents(_files);
            if (contents == _seen)
                return;
            _seen = contents;
            _current = Load(_files, _clock.GetUtcNow());
            _fault = null;
            Tell();
        }
        catch (IOException e)
        {
            // One line for each fault, however long it lasts.
            if (_fault != e.Message)
                Log.CertificateKept(_log, e.Message.TrimEnd('.'));
            _fault = e.Message;
        }
    }

    void Tell() => Log.CertificateRead(
        _log, _files.Certificate, _current.TargetCertificate.Subject, _current.TargetCertificate.NotAfter.ToUniversalTime().ToString("u"));

    static string Contents(CertificateFiles files) =>
        string.Join(' ', new[] { files.Certificate, files.Key, files.Password }.OfType<string>().Select(f => Convert.ToHexString(SHA256.HashData(Bytes(f)))));

    /// <exception cref="IOException">It cannot be used; the message says what was expected and found.</exception>
    internal static SslStreamCertificateContext Load(CertificateFiles files, DateTimeOffset now)
    {
        var bytes = Bytes(files.Certificate);
        var password = files.Password is { } file ? Encoding.UTF8.GetString(Bytes(file)).Trim() : null;
        try
        {
            var (leaf, chain) = bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0
                ? OfPem(files, Encoding.UTF8.GetString(bytes), password)
                : OfPfx(files, bytes, password);
            if (leaf.NotAfter.ToUniversalTime() < now.UtcDateTime)
                throw Fault(files, $"it ended at {leaf.NotAfter.ToUniversalTime():u}");
            return SslStreamCertificateContext.Create(leaf, chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Fault(files, e.Message.TrimEnd('.'), e);
        }
    }

    static (X509Certificate2 Leaf, X509Certificate2Collection Chain) OfPem(CertificateFiles files, string text, string? password)
    {
        var key = files.Key is { } path ? Encoding.UTF8.GetString(Bytes(path)) : text;
        if (!text.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
            throw Fault(files, "the file has no BEGIN CERTIFICATE");
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw Fault(files, files.Key is null ? "no private key is in the file: set Web:CertificateKeyFile" : $"{files.Key} has no PRIVATE KEY");
        if (key.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal) && password is null)
            throw Fault(files, "the private key has a password: set Web:CertificatePasswordFile");
        var leaf = password is null ? X509Certificate2.CreateFromPem(text, key) : X509Certificate2.CreateFromEncryptedPem(text, key, password);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(text);
        if (!OperatingSystem.IsWindows())
            return (leaf, chain);
        // Windows cannot use a key that is only in memory for TLS.
        using (leaf)
            return (X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null), chain);
    }

    static (X509Certificate2 Leaf, X509Certificate2Collection Chain) OfPfx(CertificateFiles files, byte[] bytes, string? password)
    {
        if (X509Certificate2.GetCertContentType(bytes) is not X509ContentType.Pkcs12 and var kind)
            throw Fault(files, kind == X509ContentType.Unknown ? "the file is neither" : $"the file is {kind}, without a private key");
        var all = X509CertificateLoader.LoadPkcs12Collection(bytes, password);
        return (all.FirstOrDefault(c => c.HasPrivateKey) ?? throw Fault(files, "no certificate in the file has a private key"), all);
    }

    static byte[] Bytes(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MostBytes)
                throw new IOException($"{path} has {file.Length} bytes, at most {MostBytes} are allowed");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} may not be read by this user: expected a file with a certificate, its key or its password.", e);
        }
    }

    static IOException Fault(CertificateFiles files, string found, Exception? inner = null) =>
        new($"Web:CertificateFile = '{files.Certificate}': expected a certificate with its private key, as PEM or PFX; found: {found}.", inner);
}
