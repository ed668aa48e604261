namespace Mailflow.Configuration;

/// <summary>The files with the certificate of the page.</summary>
/// <param name="Certificate">PEM, or PFX.</param>
/// <param name="Key">The private key as PEM; null: it is in the file of the certificate.</param>
/// <param name="Password">The file with the password of the key or of the PFX; null: there is none.</param>
sealed record CertificateFiles(string Certificate, string? Key, string? Password);
