namespace Mailflow.Tail;

/// <summary>A file that cannot be read, or is left alone.</summary>
/// <param name="Name">Path below the root, with `/`.</param>
/// <param name="Why">What is wrong with it.</param>
/// <param name="Ignored">True where it is left alone for good.</param>
readonly record struct FileTrouble(string Name, string Why, bool Ignored);
