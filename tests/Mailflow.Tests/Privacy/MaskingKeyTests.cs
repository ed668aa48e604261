using Mailflow.Configuration;
using Mailflow.Privacy;

namespace Mailflow.Tests;

public sealed class MaskingKeyTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-").FullName;

    string KeyFile => Path.Combine(_folder, "hash.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_key_is_made_once_and_hashes_stay_the_same()
    {
        var first = MaskingKey.Create(AddressPrivacy.Hashed, _folder).Address("anna@fabrikam.test");
        Assert.Equal(32, new FileInfo(KeyFile).Length);
        Assert.Equal(first, MaskingKey.Create(AddressPrivacy.Hashed, _folder).Address("anna@fabrikam.test"));
        File.Delete(KeyFile);
        Assert.False(first == MaskingKey.Create(AddressPrivacy.Hashed, _folder).Address("anna@fabrikam.test"));
    }

    [Fact]
    public void Only_its_owner_reads_it()
    {
        MaskingKey.Create(AddressPrivacy.Hashed, _folder);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
    }

    [Theory]
    [InlineData(AddressPrivacy.Masked, "a***@fabrikam.test")]
    [InlineData(AddressPrivacy.Plain, "anna@fabrikam.test")]
    public void Without_hashes_there_is_no_key(object privacy, string address)
    {
        Assert.Equal(address, MaskingKey.Create((AddressPrivacy)privacy, _folder).Address("anna@fabrikam.test"));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_key_that_was_cut_short_is_refused_and_kept()
    {
        File.WriteAllBytes(KeyFile, new byte[31]);
        Assert.Throws<InvalidDataException>(() => MaskingKey.Create(AddressPrivacy.Hashed, _folder));
        Assert.Equal(31, new FileInfo(KeyFile).Length);
    }

    [Fact]
    public void What_a_crash_left_of_a_key_is_no_hindrance()
    {
        File.WriteAllBytes(KeyFile + ".new", new byte[5]);
        MaskingKey.Create(AddressPrivacy.Hashed, _folder);
        Assert.Equal(KeyFile, Assert.Single(Directory.GetFiles(_folder)));
    }
}
