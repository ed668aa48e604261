using System.Security.Cryptography;

namespace Mailflow.Privacy;

/// <summary>The key of hashed addresses: made once, and kept with the store, so that an address has the same hash for as long as the installation lives.</summary>
static class MaskingKey
{
    const int Bytes = 32;

    /// <summary>Masking as configured. Only hashing needs a key, so only then is there a file.</summary>
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

    /// <summary>Whole or not at all, and for nobody else to read: whoever has it can try addresses out.</summary>
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
