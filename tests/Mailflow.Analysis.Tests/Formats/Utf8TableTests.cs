using System.Text;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.Tests.Formats;

public sealed class Utf8TableTests
{
    [Fact]
    public void Utf8_table_finds_each_name_and_no_other()
    {
        var table = new Utf8Table<string>();
        var names = Enumerable.Range(0, 2000).Select(i => new string((char)('a' + (i % 26)), i % 40) + i).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            Assert.Null(table.Find(Encoding.UTF8.GetBytes(names[i])));
            table.Add(Encoding.UTF8.GetBytes(names[i]), names[i]);
            Assert.Equal(i + 1, table.Count);
        }

        Assert.All(names, n => Assert.Same(n, table.Find(Encoding.UTF8.GetBytes(n))));
        Assert.Null(table.Find("SMTP,RECEIVE"u8));
        Assert.Null(table.Find([]));
    }
}
