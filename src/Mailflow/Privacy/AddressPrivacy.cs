namespace Mailflow.Privacy;

/// <summary>How addresses leave the program: in events, on the page and in reports.</summary>
enum AddressPrivacy
{
    /// <summary>First letter and domain: <c>j***@contoso.com</c>.</summary>
    Masked,

    /// <summary>A hash with a key of this installation: equal addresses stay equal, and cannot be looked up.</summary>
    Hashed,

    /// <summary>As the log has them.</summary>
    Plain,
}
