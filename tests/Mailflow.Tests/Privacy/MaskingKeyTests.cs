using Mailflow.Privacy;

namespace Mailflow.Tests;

public sealed class MaskingKeyTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-").FullName;

    string KeyFile => Path.Combine(_folder, "hash.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Masking_key_is_created_once_and_hashes_are_stable()
    {
        var first = MaskingKey.Create(AddressPrivacy.Hashed, _folder).Address("anna@fabrikam.test").ToString();
        Assert.Equal(32, new FileInfo(KeyFile).Length);
        Assert.Equal(first, MaskingKey.Create(AddressPrivacy.Hashed, _folder).Address("anna@fabrikam.test").ToString());
        File.Delete(KeyFile);
        Assert.False(first == MaskingKey.Create(AddressPrivacy.Hashed, _folder).Address("anna@fabrikam.test").ToString());
    }

    [Fact]
    public void Masking_key_is_readable_by_its_owner_only()
    {
        MaskingKey.Create(AddressPrivacy.Hashed, _folder);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
    }

    [Theory]
    [InlineData(AddressPrivacy.Masked, "a***@fabrikam.test")]
    [InlineData(AddressPrivacy.Plain, "anna@fabrikam.test")]
    public void No_masking_key_without_hashes(object privacy, string address)
    {
        Assert.Equal(address, MaskingKey.Create((AddressPrivacy)privacy, _folder).Address("anna@fabrikam.test").ToString());
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Truncated_masking_key_is_rejected_and_kept()
    {
        File.WriteAllBytes(KeyFile, new byte[31]);
        Assert.Throws<InvalidDataException>(() => MaskingKey.Create(AddressPrivacy.Hashed, _folder));
        Assert.Equal(31, new FileInfo(KeyFile).Length);
    }

    [Fact]
    public void Temporary_key_file_after_a_crash_is_ignored()
    {
        File.WriteAllBytes(KeyFile + ".new", new byte[5]);
        MaskingKey.Create(AddressPrivacy.Hashed, _folder);
        Assert.Equal(KeyFile, Assert.Single(Directory.GetFiles(_folder)));
    }
}
