using System.Security.Cryptography;

namespace Mailflow.Privacy;

/// <summary>The key of hashed addresses. It is created once and kept with the store, so that an address always has the same hash in one installation.</summary>
static class MaskingKey
{
    const int Bytes = 32;

    /// <summary>Masking as configured. The key file exists only with hashing, which is the only mode that needs a key.</summary>
    public static Masking Create(AddressPrivacy privacy, string stateFolder) =>
        new(privacy, privacy == AddressPrivacy.Hashed ? LoadOrMake(Path.Combine(stateFolder, "hash.key")) : []);

    static byte[] LoadOrMake(string path)
    {
        if (!File.Exists(path))
            Make(path);
        var key = File.ReadAllBytes(path);
        return key.Length == Bytes ? key : throw new InvalidDataException(
            $"{path} has {key.Length} bytes; a key has {Bytes}. Restore it from a backup; or delete it: then a new one is made, and hashes from "
            + $"before are of no use for comparing.");
    }

    /// <summary>Creates the file atomically and readable only by this user: with the key, hashes of guessed addresses can be compared.</summary>
    static void Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var half = path + ".new";
        File.Delete(half);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(half, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(Bytes));
            file.Flush(flushToDisk: true);
        }

        File.Move(half, path, overwrite: false);
    }
}
