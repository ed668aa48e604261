using Mailflow.Tail;

namespace Mailflow.Tests.Tail;

public sealed class FileIdTests
{
    [Fact]
    public void File_id_of_a_missing_file_is_null_and_other_errors_are_reported()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the system's own classes answer.");
        Assert.Null(FileId.Find(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), follow: true, out var error, out _));
        Assert.Null(error);
        Assert.Null(FileId.Find(Path.Combine(Path.GetTempPath(), new string('x', 300)), follow: true, out error, out _));
        Assert.NotNull(error);
    }
}
