namespace Mailflow.Privacy;

/// <summary>How addresses are shown in events, on the page and in reports.</summary>
enum AddressPrivacy
{
    /// <summary>First letter and domain: <c>j***@contoso.com</c>.</summary>
    Masked,

    /// <summary>A hash keyed with a secret of this installation: equal addresses have equal hashes, and a hash cannot be looked up elsewhere.</summary>
    Hashed,

    /// <summary>Unchanged, as in the log.</summary>
    Plain,
}
