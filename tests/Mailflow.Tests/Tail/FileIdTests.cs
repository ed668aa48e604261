using Mailflow.Tail;

namespace Mailflow.Tests.Tail;

public sealed class FileIdTests
{
    [Fact]
    public void What_is_not_there_is_no_error_and_what_cannot_be_told_is_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the system's own classes answer.");
        Assert.Null(FileId.Find(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), follow: true, out var error, out _));
        Assert.Null(error);
        Assert.Null(FileId.Find(Path.Combine(Path.GetTempPath(), new string('x', 300)), follow: true, out error, out _));
        Assert.NotNull(error);
    }
}
