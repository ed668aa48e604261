using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Tests.Tail;

public sealed class KnownFilesTests
{
    [Fact]
    public void Files_below_an_unlistable_folder_stay_known()
    {
        var known = new KnownFiles(
            [
                Position(1, "root", "a.log"), Position(2, "root", "sub/b.log"), Position(3, "root", "sub/deep/c.log"),
                Position(4, "root", "subway/d.log"), Position(5, "other", "sub/e.log"),
            ]);
        Assert.Equal([2, 3], known.Below("root", "sub").Order());

        static FilePosition Position(long id, string root, string name) => new(id, root, name, 1, id, 1, 0, 0, 0, 0, null);
    }
}
