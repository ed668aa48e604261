using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mailflow.Configuration;
using Mailflow.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Web;

public sealed class CertificateTests : IDisposable
{
    static readonly DateTimeOffset Now = new StillClock().Now;

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-tls-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_is_served_over_https_and_a_new_certificate_is_used_without_a_restart()
    {
        var files = Pem(Make("first"));
        await using var site = await ServedSite.StartAsync(
            options: new MailflowOptions
            {
                Listen = new("https://127.0.0.1:0"),
                Certificate = files,
                Access = new() { Token = new("0123456789abcdef-token") },
            });
        var (subject, cookie) = await SignInAsync(site);
        Assert.Equal("CN=first", subject);
        Assert.EndsWith("; path=/; secure; samesite=strict; httponly", cookie, StringComparison.Ordinal);

        Pem(Make("second"));
        // At most once a second.
        Assert.Equal("CN=first", (await SignInAsync(site)).Subject);
        site.Clock.Now = site.Clock.Now.AddSeconds(1);
        Assert.Equal("CN=second", (await SignInAsync(site)).Subject);

        // A file that is half written changes nothing; the next one does.
        await File.WriteAllTextAsync(files.Certificate, "-----BEGIN CERTIFICATE-----\nMII", Cancel);
        site.Clock.Now = site.Clock.Now.AddSeconds(1);
        Assert.Equal("CN=second", (await SignInAsync(site)).Subject);
        File.Delete(files.Certificate);
        site.Clock.Now = site.Clock.Now.AddSeconds(1);
        Assert.Equal("CN=second", (await SignInAsync(site)).Subject);
        Pem(Make("third"));
        site.Clock.Now = site.Clock.Now.AddSeconds(1);
        Assert.Equal("CN=third", (await SignInAsync(site)).Subject);
    }

    [Fact]
    public void Pem_and_pfx_are_read_with_and_without_a_password()
    {
        using var made = Make("page");
        var password = Write("password", "secret\n");
        Assert.Equal("CN=page", SubjectOf(Pem(made)));
        var both = Write("both.pem", made.ExportCertificatePem() + "\n" + made.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Assert.Equal("CN=page", SubjectOf(new(both, null, null)));
        var key = Write("key.enc", WithPassword(made));
        Assert.Equal("CN=page", SubjectOf(new(both, key, password)));
        Assert.Equal("CN=page", SubjectOf(new(Write("a.pfx", made.Export(X509ContentType.Pkcs12)), null, null)));
        Assert.Equal("CN=page", SubjectOf(new(Write("b.pfx", made.Export(X509ContentType.Pkcs12, "secret")), null, password)));
    }

    [Fact]
    public void Faults_say_what_was_expected_and_found()
    {
        using var made = Make("page");
        using var other = Make("other");
        var (pem, wrong) = (Pem(made), Write("wrong", "another"));
        var otherKey = Write("other.key", other.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var secretKey = Write("key.enc", WithPassword(made));
        using var old = Make("old", Now.AddDays(-400));
        var oldKey = Write("old.key", old.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        (CertificateFiles Files, string Found)[] cases =
        [
            (pem with { Key = null }, "no private key is in the file: set Web:CertificateKeyFile."),
            (pem with { Key = pem.Certificate }, "crt.pem has no PRIVATE KEY."),
            (pem with { Key = otherKey }, "found: "),
            (pem with { Key = secretKey }, "the private key has a password: set Web:CertificatePasswordFile."),
            (pem with { Key = secretKey, Password = wrong }, "found: "),
            (new(otherKey, null, null), "the file has no BEGIN CERTIFICATE."),
            (new(Write("a.der", made.Export(X509ContentType.Cert)), null, null), "the file is Cert, without a private key."),
            (new(Write("a.pfx", made.Export(X509ContentType.Pkcs12, "secret")), null, wrong), "found: "),
            (new(Write("a.txt", "hello"), null, null), "found: "),
            (new(Write("empty", ""), null, null), "found: "),
            (new(Write("old.pem", old.ExportCertificatePem()), oldKey, null), "it ended at "),
        ];
        foreach (var (files, found) in cases)
        {
            var fault = Assert.ThrowsAny<IOException>(() => ServerCertificate.Load(files, Now)).Message;
            Assert.StartsWith(
                $"Web:CertificateFile = '{files.Certificate}': expected a certificate with its private key, as PEM or PFX; found: ", fault,
                StringComparison.Ordinal);
            Assert.Contains(found, fault, StringComparison.Ordinal);
        }

        var missing = Path.Combine(_folder, "missing.pem");
        Assert.Contains(missing, Assert.ThrowsAny<IOException>(() => ServerCertificate.Load(new(missing, null, null), Now)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => new ServerCertificate(new(missing, null, null), TimeProvider.System, NullLogger.Instance));
    }

    static string WithPassword(X509Certificate2 made) =>
        made.GetRSAPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("secret", new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10));

    static string SubjectOf(CertificateFiles files) => ServerCertificate.Load(files, Now).TargetCertificate.Subject;

    /// <summary>The subject of the server's certificate on a new connection, and the cookie of a sign-in.</summary>
    [SuppressMessage("Security", "MA0039:Do not write your own certificate validation method", Justification = "The test reads which certificate it is.")]
    static async Task<(string Subject, string Cookie)> SignInAsync(ServedSite site)
    {
        var subject = "";
        using var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => (subject = certificate!.Subject).Length > 0,
        };
        using var http = new HttpClient(handler);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", "0123456789abcdef-token")]);
        using var answer = await http.PostAsync(new Uri(site.Http.BaseAddress!, "/sign-in"), form, Cancel);
        return (subject, answer.Headers.GetValues("Set-Cookie").Single());
    }

    CertificateFiles Pem(X509Certificate2 made)
    {
        var key = Write("key.pem", made.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return new(Write("crt.pem", made.ExportCertificatePem()), key, null);
    }

    string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static X509Certificate2 Make(string name, DateTimeOffset? from = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var start = from ?? Now.AddDays(-1);
        return request.CreateSelfSigned(start, start.AddDays(365));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
