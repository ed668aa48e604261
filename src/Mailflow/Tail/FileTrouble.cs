namespace Mailflow.Tail;

/// <summary>A file that cannot be read, or is ignored.</summary>
/// <param name="Name">Path below the root, with `/`.</param>
/// <param name="Why">The reason.</param>
/// <param name="Ignored">True where it is never read.</param>
readonly record struct FileTrouble(string Name, string Why, bool Ignored);
